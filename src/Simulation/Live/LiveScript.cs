using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Simulation.Live.Scripts;

namespace Simulation.Live;

/// <summary>What a simulated server does on its connections, read from JSON (docs/simulation.md).</summary>
/// <remarks>Immutable; WAV files it names are read when it is loaded.</remarks>
public sealed class LiveScript
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly IReadOnlyList<SessionScript> _sessions;
    private readonly bool _perConversation;

    private LiveScript(string name, bool perConversation, IReadOnlyList<SessionScript> sessions)
    {
        Name = name;
        _perConversation = perConversation;
        _sessions = sessions;
    }

    /// <summary>What the script calls itself; empty when it does not.</summary>
    public string Name { get; }

    /// <summary>Reads a script file; WAV files in it are found relative to the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="script">The script, when it is sound.</param>
    /// <param name="error">Otherwise what is wrong, naming step and key.</param>
    public static bool TryLoad(string path, [NotNullWhen(true)] out LiveScript? script, [NotNullWhen(false)] out string? error)
    {
        script = null;
        string json;
        try
        {
            json = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = $"{path}: {exception.Message}";
            return false;
        }
        if (TryParse(json, Path.GetDirectoryName(Path.GetFullPath(path))!, out script, out var fault))
        {
            error = null;
            return true;
        }
        error = $"{path}: {fault}";
        return false;
    }

    /// <summary>Reads a script from JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="directory">Where WAV files are looked for.</param>
    /// <param name="script">The script, when it is sound.</param>
    /// <param name="error">Otherwise what is wrong, naming step and key.</param>
    public static bool TryParse(string json, string directory, [NotNullWhen(true)] out LiveScript? script, [NotNullWhen(false)] out string? error)
    {
        script = null;
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var reader = new ScriptReader(document.RootElement, "script", directory);
            var read = Read(reader);
            error = reader.Error;
            script = error is null ? read : null;
        }
        catch (JsonException exception)
        {
            error = $"not JSON: {exception.Message}";
        }
        return error is null && script is not null;
    }

    /// <summary>Reads a script that is part of a program.</summary>
    /// <exception cref="FormatException">It is not sound.</exception>
    public static LiveScript Parse(string json) => TryParse(json, ".", out var script, out var error) ? script : throw new FormatException(error);

    /// <summary>The part for one connection: the last one serves every connection beyond the list.</summary>
    /// <param name="connection">Connections to the server before this one.</param>
    /// <param name="resumption">Connections of the same conversation before this one.</param>
    internal SessionScript For(int connection, int resumption) => _sessions[Math.Min(_perConversation ? resumption : connection, _sessions.Count - 1)];

    private static LiveScript Read(ScriptReader reader)
    {
        var name = reader.Text("name", "");
        var perConversation = reader.OneOf("sessionsPer", "server", "server", "conversation") == "conversation";
        var sessions = reader.Objects("sessions").Select(SessionScript.Read).ToList();
        if (sessions.Count == 0)
            reader.Fail("\"sessions\" must hold at least one session");
        reader.RefuseUnknownKeys();
        return new LiveScript(name, perConversation, sessions);
    }
}
