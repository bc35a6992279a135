using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Balancer.Tls;

/// <summary>Writes OCSP responses (RFC 6960 section 4.2), right ones and others.</summary>
internal sealed class TestOcspResponse
{
    /// <summary>The authority that is asked.</summary>
    public required TestCertificate Issuer { get; init; }

    /// <summary>The certificate the response is about.</summary>
    public required TestCertificate Subject { get; init; }

    /// <summary>Who signs; the issuer unless said otherwise.</summary>
    public TestCertificate? Signer { get; init; }

    /// <summary>Whether the certificate is revoked.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>When the response was true.</summary>
    public DateTimeOffset From { get; init; } = DateTimeOffset.UtcNow.AddMinutes(-1);

    /// <summary>Until when; null says nothing.</summary>
    public DateTimeOffset? Until { get; init; } = DateTimeOffset.UtcNow.AddHours(12);

    /// <summary>A response that only says why there is none.</summary>
    public static byte[] Failure(int status)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue([0x0a, 1, (byte)status]);
        }

        return writer.Encode();
    }

    /// <summary>The response in DER.</summary>
    public byte[] Encode()
    {
        var signer = Signer ?? Issuer;
        var data = Data(signer);
        using var key = signer.Certificate.GetECDsaPrivateKey()!;
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(data);
            using (basic.PushSequence())
            {
                basic.WriteObjectIdentifier("1.2.840.10045.4.3.2");
            }

            basic.WriteBitString(key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
            using (basic.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (basic.PushSequence())
            {
                basic.WriteEncodedValue(signer.Certificate.RawData);
            }
        }

        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            response.WriteEncodedValue([0x0a, 1, 0]);
            using (response.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (response.PushSequence())
            {
                response.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                response.WriteOctetString(basic.Encode());
            }
        }

        return response.Encode();
    }

    private byte[] Data(TestCertificate signer)
    {
        var data = new AsnWriter(AsnEncodingRules.DER);
        using (data.PushSequence())
        {
            using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                data.WriteEncodedValue(signer.Certificate.SubjectName.RawData);
            }

            data.WriteGeneralizedTime(From, omitFractionalSeconds: true);
            using (data.PushSequence())
            using (data.PushSequence())
            {
                WriteCertificateId(data);
                if (IsRevoked)
                {
                    using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                    {
                        data.WriteGeneralizedTime(From, omitFractionalSeconds: true);
                    }
                }
                else
                {
                    data.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 0));
                }

                data.WriteGeneralizedTime(From, omitFractionalSeconds: true);
                if (Until is { } until)
                {
                    using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        data.WriteGeneralizedTime(until, omitFractionalSeconds: true);
                    }
                }
            }
        }

        return data.Encode();
    }

    private void WriteCertificateId(AsnWriter data)
    {
        using (data.PushSequence())
        {
            using (data.PushSequence())
            {
                data.WriteObjectIdentifier("1.3.14.3.2.26");
                data.WriteNull();
            }

#pragma warning disable CA5350 // What OCSP names certificates by.
            data.WriteOctetString(SHA1.HashData(Issuer.Certificate.SubjectName.RawData));
            data.WriteOctetString(SHA1.HashData(Issuer.Certificate.PublicKey.EncodedKeyValue.RawData));
#pragma warning restore CA5350
            data.WriteIntegerUnsigned(Subject.Certificate.SerialNumberBytes.Span);
        }
    }
}
