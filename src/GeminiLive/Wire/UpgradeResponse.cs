using System.Buffers;
using System.Text;

namespace GeminiLive.Wire;

/// <summary>The head of a server's answer to an upgrade.</summary>
/// <remarks>A body is not read: services tell in the close frame what they have to say, and by the status what to do.</remarks>
internal sealed class UpgradeResponse
{
    /// <summary>Longest head.</summary>
    public const int MaxBytes = 16 * 1024;

    private UpgradeResponse(int? status, string? error, byte[] rest) => (Status, Error, Rest) = (status, error, rest);

    /// <summary>The status; null when the answer is none.</summary>
    public int? Status { get; }

    /// <summary>Why there is no WebSocket; null when there is one.</summary>
    public string? Error { get; }

    /// <summary>What came behind it: the first frames.</summary>
    public byte[] Rest { get; }

    /// <summary>Waits for the answer; ends with the connection.</summary>
    /// <param name="wire">Where it comes from.</param>
    /// <param name="accept">What the server has to prove itself with.</param>
    public static async Task<UpgradeResponse> ReadAsync(IWire wire, string accept)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            return await ReadAsync(wire, accept, buffer.AsMemory(0, MaxBytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<UpgradeResponse> ReadAsync(IWire wire, string accept, Memory<byte> buffer)
    {
        for (var length = 0; length < buffer.Length;)
        {
            var received = await wire.ReadAsync(buffer[length..]);
            if (received <= 0)
                return Bad(wire.Error ?? "the server ended the connection without an answer");
            length += received;
            var end = buffer.Span[..length].IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return Parse(Encoding.Latin1.GetString(buffer.Span[..end]), buffer[(end + 4)..length].ToArray(), accept);
        }
        return Bad($"the answer's head has more than {MaxBytes} bytes");
    }

    /// <summary>Judges a head.</summary>
    /// <param name="head">Without the empty line.</param>
    /// <param name="rest">What came behind it.</param>
    /// <param name="accept">What the server has to prove itself with.</param>
    public static UpgradeResponse Parse(string head, byte[] rest, string accept)
    {
        var lines = head.Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || lines[0].Length < 12 || !int.TryParse(lines[0].AsSpan(9, 3), out var status))
            return Bad("the answer is not HTTP");
        if (status != 101)
            return new UpgradeResponse(status, $"the server answered with status {status} to the upgrade", rest);
        var fault = !HasWord(lines, "Upgrade", "websocket") || !HasWord(lines, "Connection", "Upgrade") ? "the answer upgrades to something else"
            : ValueOf(lines, "Sec-WebSocket-Accept") != accept ? "the answer does not prove that it is one to this request"
            : ValueOf(lines, "Sec-WebSocket-Extensions") is not null || ValueOf(lines, "Sec-WebSocket-Protocol") is not null ? "the answer takes what was not offered"
            : null;
        return fault is null ? new UpgradeResponse(status, error: null, rest) : Bad(fault);
    }

    private static UpgradeResponse Bad(string error) => new(status: null, error, []);

    private static bool HasWord(string[] lines, string name, string word) =>
        ValueOf(lines, name)?.Split(',', StringSplitOptions.TrimEntries).Contains(word, StringComparer.OrdinalIgnoreCase) == true;

    private static string? ValueOf(string[] lines, string name)
    {
        var line = Array.Find(lines, line => line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return line?[(name.Length + 1)..].Trim();
    }
}
