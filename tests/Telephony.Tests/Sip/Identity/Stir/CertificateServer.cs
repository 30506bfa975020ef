using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Support;
using Telephony.Sip.Identity.Stir;

namespace Telephony.Tests.Sip.Identity.Stir;

/// <summary>A web server that has a signer's certificate, one that is too large, and a redirect.</summary>
internal sealed class CertificateServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CertificateServer(WebApplication app) => _app = app;

    public static async Task<CertificateServer> StartAsync(TestAuthority authority, byte[] certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => Secure(listen, authority)));
        var app = builder.Build();
        app.MapGet("/cert", () => Results.Bytes(certificate));
        app.MapGet("/large", () => Results.Bytes(new byte[CertificateFetch.MaxBytes + 1]));
        app.MapGet("/redirect", () => Results.Redirect("/cert"));
        await app.StartAsync();
        return new CertificateServer(app);
    }

    public Uri Address(string path) => new($"https://localhost:{new Uri(_app.Urls.First()).Port}/{path}");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Secure(ListenOptions listen, TestAuthority authority) => listen.UseHttps(authority.Issue("localhost"));
}
