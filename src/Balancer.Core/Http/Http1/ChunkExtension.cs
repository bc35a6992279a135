using System.Buffers;

namespace Balancer.Http.Http1;

/// <summary>
/// A recogniser of <c>*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )</c> (RFC 9112 section 7.1.1), one byte at a time.
/// Extensions are checked and dropped; they are where chunked parsers disagree most.
/// </summary>
internal struct ChunkExtension
{
    private static readonly SearchValues<byte> s_quotedText =
        SearchValues.Create(Enumerable.Range(0, 256).Where(b => (b is '\t' or >= ' ') && b is not ('"' or '\\' or 0x7F)).Select(b => (byte)b).ToArray());

    private State _state;

    private enum State : byte
    {
        BeforeSemicolon,
        BeforeName,
        Name,
        AfterName,
        BeforeValue,
        Token,
        Quoted,
        QuotedPair,
        AfterQuoted,
    }

    /// <summary>Whether the line may end here.</summary>
    public readonly bool MayEnd => _state is State.Name or State.Token or State.AfterQuoted;

    /// <summary>Takes in the next byte; false when it may not stand here.</summary>
    public bool Accept(byte value)
    {
        var space = Http1Syntax.IsWhitespace(value);
        switch (_state)
        {
            case State.BeforeSemicolon:
                return space || Go(State.BeforeName, value == ';');
            case State.BeforeName:
                return space || Go(State.Name, Http1Syntax.Token.Contains(value));
            case State.Name:
                return Http1Syntax.Token.Contains(value) || (space && Go(State.AfterName, true)) || AcceptAfterName(value);
            case State.AfterName:
                return space || AcceptAfterName(value);
            case State.BeforeValue:
                return space || Go(value == '"' ? State.Quoted : State.Token, value == '"' || Http1Syntax.Token.Contains(value));
            case State.Token:
                return Http1Syntax.Token.Contains(value) || AcceptAfterValue(value, space);
            case State.Quoted:
                return s_quotedText.Contains(value) || Go(value == '"' ? State.AfterQuoted : State.QuotedPair, value is (byte)'"' or (byte)'\\');
            case State.QuotedPair:
                return Go(State.Quoted, value is (byte)'"' or (byte)'\\' || s_quotedText.Contains(value));
            default:
                return AcceptAfterValue(value, space);
        }
    }

    private bool AcceptAfterName(byte value) => Go(value == '=' ? State.BeforeValue : State.BeforeName, value is (byte)'=' or (byte)';');

    private bool AcceptAfterValue(byte value, bool space) => Go(space ? State.BeforeSemicolon : State.BeforeName, space || value == ';');

    private bool Go(State state, bool allowed)
    {
        _state = state;
        return allowed;
    }
}
