using System.Text;
using Tools.Http;

namespace Tools.Mcp;

/// <summary>What a server's program writes to its standard error, brought to the log: short lines, not many, without our secrets.</summary>
/// <remarks>One reader.</remarks>
internal sealed class McpErrorLines(string source, IReadOnlyList<string> secrets, TimeProvider time, ILogger logger)
{
    private const int MaxCharacters = 500;
    private const int MaxLines = 20;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly StringBuilder _line = new();
    private long _windowStart = time.GetTimestamp();
    private int _lines;
    private int _dropped;

    /// <summary>Reads until the program closes it.</summary>
    public async Task ReadAsync(TextReader error)
    {
        var buffer = new char[1024];
        try
        {
            while (await error.ReadAsync(buffer) is > 0 and var count)
                Take(buffer.AsSpan(0, count));
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The program was ended.
        }
        EndLine();
    }

    private void Take(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (character == '\n')
                EndLine();
            else if (_line.Length < MaxCharacters)
                _line.Append(char.IsControl(character) ? ' ' : character);
        }
    }

    private void EndLine()
    {
        var line = _line.ToString().Trim();
        _line.Clear();
        if (line.Length == 0)
            return;
        if (time.GetElapsedTime(_windowStart) > Window)
            NewWindow();
        if (_lines++ < MaxLines)
            logger.ServerSays(source, ResultFields.Hide(line, secrets));
        else
            _dropped++;
    }

    private void NewWindow()
    {
        if (_dropped > 0)
            logger.ServerSaysTooMuch(source, _dropped);
        (_windowStart, _lines, _dropped) = (time.GetTimestamp(), 0, 0);
    }
}
