using Microsoft.Playwright;
using Support;
using Support.Databases;
using Telephony.Audio;

namespace EndToEnd.Tests.Browser;

/// <summary>One browser for all tests of the console, whose microphone is a file; it starts with the first page that somebody wants.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>Rate of the tone that comes and goes at the microphone, in Hz.</summary>
    public const double MicrophoneHz = 700;

    private readonly TestFolder _folder = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser itself.</summary>
    public async Task<IBrowser> StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-audio-capture={Microphone()}"],
            });
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _starting.Dispose();
        _folder.Dispose();
    }

    // What does not change is taken for noise and suppressed.
    private string Microphone()
    {
        var file = _folder.File("microphone.wav");
        var pcm = new short[48_000 * 4];
        for (var at = 0; at < pcm.Length; at += 48_000)
            Tone.Sine(48_000, MicrophoneHz, 24_000, 12_000).CopyTo(pcm, at);
        using var wav = new WavWriter(File.Create(file), 48_000, 1);
        wav.Write(pcm);
        return file;
    }
}
