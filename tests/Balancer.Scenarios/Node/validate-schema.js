// Validates documents by a JSON schema: SCHEMA DOCUMENTS RESULT, all files of JSON. The result has a text for each document, empty when it fits.
import { readFileSync, writeFileSync } from 'node:fs';
import Ajv from 'ajv';

const [schema, documents, result] = process.argv.slice(2);
const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: false });
const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
const verdicts = JSON.parse(readFileSync(documents, 'utf8')).map((one) => (validate(one) ? '' : ajv.errorsText(validate.errors)));
writeFileSync(result, JSON.stringify(verdicts));
console.log('ok');
