using VoiceAgent.Recordings;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent calls recording</c>: a call's recording as a WAV file.</summary>
internal static class RecordingExport
{
    /// <summary>Checks all of it first; what was tampered with is not written, and what was cut only where that is wanted.</summary>
    public static async Task<int> WriteAsync(ConfiguredService service, string id, string path, bool evenCut, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (await service.Calls.GetAsync(id, cancellation) is not { } call)
        {
            await error.WriteLineAsync($"No call {id} is kept.");
            return 1;
        }
        using var recording = RecordingReader.Open(service.Recordings.PathOf(call.Summary.Key), call.Summary.Key, service.RecordingKeys, out var fault);
        if (recording is not null)
            fault = recording.Verify() ? evenCut ? null : RecordingCheck.LengthFault(recording, call.Record?.Recording) : "It was damaged or tampered with.";
        if (fault is not null || recording is null)
        {
            await error.WriteLineAsync($"The recording of call {call.Summary.CallId} cannot be read. {fault}");
            return 1;
        }
        if (File.Exists(path))
        {
            await error.WriteLineAsync($"{path} is there already; give another name.");
            return 1;
        }
        await CopyAsync(recording, path, cancellation);
        await output.WriteLineAsync($"{path}: {recording.Frames / (double)recording.RateHz:F1} s{(recording.IsComplete ? "" : "; its end is missing, since the call still runs or the service was killed")}");
        return 0;
    }

    // What callers said is for who asked for it, and no part of it stays where the rest could not be written.
    private static async Task CopyAsync(RecordingReader recording, string path, CancellationToken cancellation)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var isWhole = false;
        await using var wav = new RecordingStream(recording);
        await using var file = new FileStream(path, how);
        try
        {
            await wav.CopyToAsync(file, cancellation);
            await file.FlushAsync(cancellation);
            isWhole = true;
        }
        finally
        {
            if (!isWhole)
                File.Delete(path);
        }
    }
}
