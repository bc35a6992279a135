using System.Runtime.InteropServices;
using System.Text;

namespace Balancer.Access.Passwords;

/// <summary>crypt(3) of the system, found when it is first needed. Any thread.</summary>
internal static unsafe class LibCrypt
{
    /// <summary>Greatest length of what is computed, in bytes (<c>CRYPT_OUTPUT_SIZE</c>).</summary>
    public const int MaxLength = 384;

    /// <summary>More than any library's <c>struct crypt_data</c>.</summary>
    private const int StateSize = 160 * 1024;

    private const int SaltOk = 0;
    private const int SaltLegacy = 3;
    private const int SaltCheap = 4;

    private static readonly nint s_library = Load();
    private static readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte*, byte*> s_crypt = (delegate* unmanaged[Cdecl]<byte*, byte*, byte*, byte*>)Find("crypt_r");
    private static readonly delegate* unmanaged[Cdecl]<byte*, int> s_checkSalt = (delegate* unmanaged[Cdecl]<byte*, int>)Find("crypt_checksalt");

    /// <summary>Whether the system has the library.</summary>
    public static bool IsThere => s_crypt is not null;

    /// <summary>Whether the library knows a format. One without the question (glibc's before libxcrypt) is trusted with those it always had.</summary>
    public static bool Knows(string setting)
    {
        if (!IsThere)
        {
            return false;
        }

        if (s_checkSalt is null)
        {
            return !setting.StartsWith('$') || setting.StartsWith("$1$", StringComparison.Ordinal) || setting.StartsWith("$5$", StringComparison.Ordinal) || setting.StartsWith("$6$", StringComparison.Ordinal);
        }

        fixed (byte* text = (byte[])[.. Encoding.ASCII.GetBytes(setting), 0])
        {
            return s_checkSalt(text) is SaltOk or SaltLegacy or SaltCheap;
        }
    }

    /// <summary>Computes what a password gives.</summary>
    /// <param name="password">The password, without NUL.</param>
    /// <param name="setting">Format and salt, ending in NUL; what follows them does not matter.</param>
    /// <param name="output">Takes the result: <see cref="MaxLength"/> bytes.</param>
    /// <returns>Its length; 0 when it cannot be computed.</returns>
    public static int Compute(ReadOnlySpan<byte> password, ReadOnlySpan<byte> setting, Span<byte> output)
    {
        var text = new byte[password.Length + 1];
        password.CopyTo(text);
        var state = (byte*)NativeMemory.AllocZeroed(StateSize);
        try
        {
            fixed (byte* phrase = text, salt = setting)
            {
                var result = s_crypt(phrase, salt, state);
                if (result is null || *result == '*')
                {
                    return 0;
                }

                var found = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result);
                found = found[..Math.Min(found.Length, output.Length)];
                found.CopyTo(output);
                return found.Length;
            }
        }
        finally
        {
            NativeMemory.Clear(state, StateSize);
            NativeMemory.Free(state);
            Array.Clear(text);
        }
    }

    private static nint Load() => NativeLibrary.TryLoad("libcrypt.so.1", out var library) || NativeLibrary.TryLoad("libcrypt.so.2", out library) ? library : 0;

    private static nint Find(string name) => s_library != 0 && NativeLibrary.TryGetExport(s_library, name, out var function) ? function : 0;
}
