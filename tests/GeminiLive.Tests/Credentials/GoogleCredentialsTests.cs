using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using GeminiLive.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

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
        var credentials = new GoogleCredentials(_file);
        Assert.Equal(("Authorization", "Bearer token-1"), Header(await credentials.GetAsync(CancellationToken.None)));
        Assert.Equal(("Authorization", "Bearer token-1"), Header(await credentials.GetAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Refused_sign_in_is_a_value_with_the_remedy()
    {
        _status = 400;
        await WriteFileAsync("service_account");
        var failure = (await new GoogleCredentials(_file).GetAsync(CancellationToken.None)).Failure!;
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
        var failure = (await new GoogleCredentials(kind == "missing" ? _file + ".none" : _file).GetAsync(CancellationToken.None)).Failure!;
        Assert.Equal(LiveFailureKind.Refused, failure.Kind);
        Assert.Contains(said, failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaced_file_of_the_environment_gives_the_next_connection_another_token()
    {
        await WriteFileAsync("service_account");
        var (store, place) = (new CredentialStore(defaultFile: _file), new LiveOptions { Backend = nameof(LiveBackend.Vertex) });
        Assert.Equal("Bearer token-1", (await store.For(place).GetAsync(CancellationToken.None)).Value);
        await WriteFileAsync("service_account");
        File.SetLastWriteTimeUtc(_file, File.GetLastWriteTimeUtc(_file).AddSeconds(1));
        Assert.Equal("Bearer token-2", (await store.For(place).GetAsync(CancellationToken.None)).Value);
    }

    // The file is a pipe: who opens it stands still until somebody writes.
    [Fact]
    public async Task Slow_file_does_not_hold_up_the_thread_that_asks()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no named pipes in the file system.");
        await WriteFileAsync("service_account");
        var pipe = _file + ".pipe";
        using (var make = Process.Start("mkfifo", [pipe]))
            await make.WaitForExitAsync();
        Task<LiveCredential>? asked = null;
        var asking = Task.Run(() => { asked = new GoogleCredentials(pipe).GetAsync(CancellationToken.None).AsTask(); });
        var isFree = await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(20))) == asking;
        await File.WriteAllBytesAsync(pipe, await File.ReadAllBytesAsync(_file));   // in any case, so that nobody waits for ever
        await asking;

        Assert.True(isFree);
        Assert.Equal("Bearer token-1", (await asked!).Value);
        File.Delete(pipe);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_file);
        await _tokenService.DisposeAsync();
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
