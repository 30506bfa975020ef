using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using GeminiLive.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Support;

namespace GeminiLive.Tests.Credentials;

/// <summary>Google's own sign-in library against a token service of ours, through a service account's file.</summary>
public sealed class GoogleCredentialsTests : IAsyncLifetime
{
    // Making one takes a second on a busy machine.
    private static readonly Lazy<string> Key = new(() =>
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    });

    private readonly string _file = Path.GetTempFileName();
    private readonly WebApplication _tokenService = Build();
    private readonly ManualTimeProvider _clock = new();
    private readonly LogLines<LiveClient> _log = new();
    private int _status = 200;
    private int _tokens;

    private string Address => _tokenService.Urls.First();

    public async ValueTask InitializeAsync()
    {
        _tokenService.Run(AnswerAsync);
        await _tokenService.StartAsync();
    }

    [Fact]
    public async Task Service_account_signs_in_and_its_token_is_kept_while_it_is_good()
    {
        await WriteFileAsync("service_account");
        var credentials = Credentials(_file);
        Assert.Equal(("Authorization", "Bearer token-1"), Header(await credentials.GetAsync(CancellationToken.None)));
        Assert.Equal(("Authorization", "Bearer token-1"), Header(await credentials.GetAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Refused_sign_in_is_a_value_with_the_remedy()
    {
        _status = 400;
        await WriteFileAsync("service_account");
        var failure = (await Credentials(_file).GetAsync(CancellationToken.None)).Failure!;
        Assert.Equal(LiveFailureKind.Refused, failure.Kind);
        Assert.Contains("invalid_grant Account is gone", failure.Detail, StringComparison.Ordinal);
        Assert.Contains("gcloud auth application-default login", failure.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("external_account", "not service_account, authorized_user")]
    [InlineData("broken", "no usable Google Cloud credentials")]
    [InlineData("missing", "no usable Google Cloud credentials")]
    public async Task Unusable_file_is_a_value_with_the_remedy(string kind, string said)
    {
        if (kind == "broken")
            await File.WriteAllTextAsync(_file, "{ nonsense");
        else
            await WriteFileAsync(kind);
        var failure = (await Credentials(kind == "missing" ? _file + ".none" : _file).GetAsync(CancellationToken.None)).Failure!;
        Assert.Equal(LiveFailureKind.Refused, failure.Kind);
        Assert.Contains(said, failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaced_file_of_the_environment_gives_the_next_connection_another_token()
    {
        await WriteFileAsync("service_account");
        var (store, place) = (new CredentialStore(defaultFile: _file, timeProvider: _clock), new LiveOptions { Backend = nameof(LiveBackend.Vertex) });
        var credentials = store.For(place);
        Assert.Equal("Bearer token-1", await TokenAsync(credentials));
        await WriteFileAsync("service_account");
        Touch();
        Assert.Equal("Bearer token-1", await TokenAsync(credentials));
        _clock.Advance(GoogleSignIn.LookInterval);
        Assert.Equal("Bearer token-2", await TokenAsync(credentials));
    }

    [Theory]
    [InlineData("half written")]
    [InlineData("another kind")]
    [InlineData("gone")]
    public async Task Replaced_file_that_cannot_be_used_leaves_the_former_credentials_and_is_told_once(string fault)
    {
        await WriteFileAsync("service_account");
        var credentials = Credentials(_file);
        Assert.Equal("Bearer token-1", await TokenAsync(credentials));
        if (fault == "gone")
            File.Delete(_file);
        else if (fault == "another kind")
            await WriteFileAsync("external_account");
        else
            await File.WriteAllTextAsync(_file, "{ \"type\": \"service_acc");
        if (fault != "gone")
            Touch();
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(GoogleSignIn.LookInterval);
            Assert.Equal("Bearer token-1", await TokenAsync(credentials));
        }
        Assert.StartsWith($"Warning: Google Cloud credentials in {_file} cannot be used, the former ones are kept: ", Assert.Single(_log.Lines), StringComparison.Ordinal);

        await WriteFileAsync("service_account");
        Touch();
        _clock.Advance(GoogleSignIn.LookInterval);
        Assert.Equal("Bearer token-2", await TokenAsync(credentials));
    }

    // The file is a pipe: who opens it stands still until somebody writes.
    [Fact]
    public async Task Slow_file_does_not_hold_up_the_thread_that_asks()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no named pipes in the file system.");
        await WriteFileAsync("service_account");
        var pipe = await PipeAsync();
        Task<LiveCredential>? asked = null;
        var asking = Task.Run(() => { asked = Credentials(pipe).GetAsync(CancellationToken.None).AsTask(); });
        var isFree = await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(20))) == asking;
        await File.WriteAllBytesAsync(pipe, await File.ReadAllBytesAsync(_file));   // in any case, so that nobody waits for ever
        await asking;

        Assert.True(isFree);
        Assert.Equal("Bearer token-1", (await asked!).Value);
        File.Delete(pipe);
    }

    [Fact]
    public async Task Slow_file_can_be_given_up_and_is_read_once_for_all_who_ask()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no named pipes in the file system.");
        await WriteFileAsync("service_account");
        var pipe = await PipeAsync();
        var credentials = Credentials(pipe);
        using var hurried = new CancellationTokenSource();
        var (first, second) = (credentials.GetAsync(hurried.Token).AsTask(), credentials.GetAsync(CancellationToken.None).AsTask());
        await hurried.CancelAsync();
        var isGivenUp = await Task.WhenAny(first, Task.Delay(TimeSpan.FromSeconds(20))) == first;
        await File.WriteAllBytesAsync(pipe, await File.ReadAllBytesAsync(_file));

        Assert.True(isGivenUp);
        Assert.Equal(LiveFailureKind.Unreachable, (await first).Failure!.Kind);
        Assert.Equal("Bearer token-1", (await second).Value);
        File.Delete(pipe);
    }

    [Fact]
    public async Task Replaced_file_that_does_not_answer_holds_up_a_session_for_a_second_and_the_next_ones_not_at_all()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no named pipes in the file system.");
        await WriteFileAsync("service_account");
        var (credentials, whole) = (Credentials(_file), await File.ReadAllBytesAsync(_file));
        Assert.Equal("Bearer token-1", await TokenAsync(credentials));
        var pipe = await PipeAsync();
        File.SetLastWriteTimeUtc(pipe, File.GetLastWriteTimeUtc(_file).AddSeconds(1));
        File.Move(pipe, _file, overwrite: true);
        _clock.Advance(GoogleSignIn.LookInterval);
        var held = TokenAsync(credentials);
        Assert.False(held.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer token-1", await held.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("Bearer token-1", await TokenAsync(credentials).WaitAsync(TimeSpan.FromSeconds(20)));
        await File.WriteAllBytesAsync(_file, whole);   // ends the reading
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_file);
        await _tokenService.DisposeAsync();
    }

    private GoogleCredentials Credentials(string file) => new(new GoogleSignIn(file, isDefault: false, _clock, _log));

    private static async Task<string?> TokenAsync(ILiveCredentials credentials) => (await credentials.GetAsync(CancellationToken.None)).Value;

    // The file system's clock may be too coarse to tell two writings of a test apart.
    private void Touch() => File.SetLastWriteTimeUtc(_file, File.GetLastWriteTimeUtc(_file).AddSeconds(1));

    private async Task<string> PipeAsync()
    {
        using (var make = Process.Start("mkfifo", [_file + ".pipe"]))
            await make.WaitForExitAsync();
        return _file + ".pipe";
    }

    private static (string?, string?) Header(LiveCredential credential) => (credential.Header, credential.Value);

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = _status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(_status == 200
            ? $$"""{ "access_token": "token-{{++_tokens}}", "expires_in": 3600, "token_type": "Bearer" }"""
            : """{ "error": "invalid_grant", "error_description": "Account is gone" }""");
    }

    private async Task WriteFileAsync(string type)
    {
        await File.WriteAllTextAsync(_file, JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["type"] = type,
            ["project_id"] = "p",
            ["private_key_id"] = "1",
            ["private_key"] = Key.Value,
            ["client_email"] = "agent@p.iam.gserviceaccount.com",
            ["client_id"] = "1",
            ["token_uri"] = Address + "/token",
        }));
    }
}
