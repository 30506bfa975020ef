using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.WebConsole;

/// <summary>The token that signs somebody in once where no users are configured; after its use there is another one, which is announced like the first.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class OneTimeToken
{
    /// <summary>Name that its bearer has at the console.</summary>
    public const string User = "local";

    private readonly Lock _gate = new();
    private string _token = New();
    private Action<string>? _announce;

    /// <summary>The token that will be taken next.</summary>
    public string Current
    {
        get
        {
            lock (_gate)
                return _token;
        }
    }

    /// <summary>Has this token and each later one announced, to where the operator looks; never to the log, which others get.</summary>
    public void Announce(Action<string> announce)
    {
        Volatile.Write(ref _announce, announce);
        announce(Current);
    }

    /// <summary>Whether it is the token, which is then used up.</summary>
    public bool TryUse(string token)
    {
        string next;
        lock (_gate)
        {
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token)))
                return false;
            next = _token = New();
        }
        Volatile.Read(ref _announce)?.Invoke(next);
        return true;
    }

    private static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
}
