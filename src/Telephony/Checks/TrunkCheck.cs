using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Telephony.Sip.Messages;
using Telephony.Sip.Registration;
using Telephony.Sip.Transactions;
using Telephony.Sip.Transport;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Checks;

/// <summary>Whether the servers of each trunk can be found, reached and logged in at.</summary>
/// <remarks>From ports of its own, and without registering anything: a REGISTER that names no Contact asks what is registered (RFC 3261 section 10.2.3), so that
/// a running service keeps its registration.</remarks>
internal sealed class TrunkCheck(UserAgent agent, TelephonyOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Tries all of them.</summary>
    public static async IAsyncEnumerable<LineFinding> RunAsync(TelephonyOptions options, TimeProvider timeProvider, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var trunks = new TrunkDirectory(options.Trunks).All.Where(trunk => trunk.Server is not null).ToList();
        if (trunks.Count == 0)
            yield break;
        var ports = options.ToUserAgentOptions(TrunkDirectory.Empty);
        await using var agent = new UserAgent(ports with { Listen = [.. ports.Listen.Select(AnyPort)] }, new NoCalls(), timeProvider, NullLoggerFactory.Instance);
        string? fault = null;
        try
        {
            await agent.StartAsync(cancellation);
        }
        catch (Exception unusable) when (unusable is IOException or InvalidDataException)
        {
            fault = unusable.Message;
        }
        foreach (var trunk in trunks)
        {
            if (fault is not null)
                yield return new($"Trunk {trunk.Name}", IsGood: false, $"not tried, because we could not listen: {fault}");
            else
                await foreach (var finding in new TrunkCheck(agent, options, timeProvider).RunAsync(trunk, cancellation))
                    yield return finding;
        }
    }

    private async IAsyncEnumerable<LineFinding> RunAsync(Trunk trunk, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var targets = await agent.LocateAsync(trunk.Server!);
        if (targets.Count == 0)
            yield return new($"Trunk {trunk.Name}", IsGood: false, $"no server is found by {trunk.Server}: check Server of Telephony:Trunks:{trunk.Name}, and the name servers");
        foreach (var target in targets)
        {
            var subject = $"Trunk {trunk.Name} at {target.Protocol.ToString().ToLowerInvariant()}://{target.EndPoint}";
            if (agent.FlowTo(target, trunk.Server!.Host, trunk) is not { } flow)
                yield return new(subject, IsGood: false, $"Telephony:Listen has no {target.Protocol.ToString().ToLowerInvariant()} address of that kind to send from: add one");
            else if (flow.IsSecure && await TlsAsync(flow, cancellation) is { IsGood: false } refused)
                yield return refused with { Subject = subject };
            else
                yield return await AskAsync(trunk, flow, subject);
        }
    }

    /// <summary>The server's certificate, looked at apart from SIP, so that its fault can be named.</summary>
    private async Task<LineFinding> TlsAsync(SipFlow flow, CancellationToken cancellation)
    {
        try
        {
            await using var credentials = new TlsCredentialSource(options.Tls, timeProvider, NullLogger.Instance);
            using var patience = new CancellationTokenSource(Patience, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            using var socket = new Socket(flow.Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(flow.Remote, either.Token);
            await using var stream = await new TlsHandshake(options.Tls, credentials, new ClientCredentials(timeProvider, NullLogger.Instance)).ConnectAsync(new NetworkStream(socket), flow.ServerName!, flow.ClientCertificate, either.Token);
            return new("", IsGood: true, ((SslStream)stream).RemoteCertificate is X509Certificate2 shown ? CertificateCheck.Describe(shown) : "");
        }
        catch (AuthenticationException refused)
        {
            return new("", IsGood: false, $"its certificate is not accepted for {flow.ServerName} ({refused.GetBaseException().Message}): "
                + "use the name that it is for in Server, and name its authority in Telephony:Tls:TrustedCaFile");
        }
        catch (Exception unreachable) when (unreachable is SocketException or IOException or InvalidDataException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return new("", IsGood: false, $"no TLS connection ({unreachable.Message}): check Server, and that the firewall lets TCP to {flow.Remote} out");
        }
    }

    private async Task<LineFinding> AskAsync(Trunk trunk, SipFlow flow, string subject)
    {
        var result = new TaskCompletionSource<RegisterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = new RegisterRequests(trunk, options.UserAgentName);
        agent.Post(() =>
        {
            if (trunk.Options.Register)
                new RegisterExchange(agent.Layer, requests, flow, expiry: null, trunk.Account, found => result.TrySetResult(found)).Start();
            else
                agent.Layer.Send(requests.CreateOptions(flow), flow, new AnyAnswer(flow, found => result.TrySetResult(found)));
        });
        await Task.WhenAny(result.Task, Task.Delay(Patience, timeProvider));
        return Judge(trunk, subject, result.Task.IsCompleted ? await result.Task : new(RegisterOutcome.Failed, flow, $"no answer within {Patience.TotalSeconds:0} s"));
    }

    private static LineFinding Judge(Trunk trunk, string subject, RegisterResult result) => result switch
    {
        { Outcome: RegisterOutcome.Accepted } when trunk.Options.Register => new(subject, IsGood: true, $"accepts our login ({result.Answer})"),
        { Outcome: RegisterOutcome.Accepted } => new(subject, IsGood: true, $"answers ({result.Answer})"),
        { StatusCode: 401 or 403 or 407 } => new(subject, IsGood: false, $"answers {result.Answer}: check Username, AuthUsername and Password of Telephony:Trunks:{trunk.Name}"),
        { StatusCode: 0 } => new(subject, IsGood: false, $"{result.Answer}: check Server of Telephony:Trunks:{trunk.Name}, and that the firewall lets "
            + $"{result.Flow.Transport.LocalEndPoint.TransportName} to {result.Flow.Remote} out and its answers in"),
        { Outcome: RegisterOutcome.Refused } => new(subject, IsGood: false, $"answers {result.Answer}: check Server, Domain and Username of Telephony:Trunks:{trunk.Name}"),
        _ => new(subject, IsGood: false, $"answers {result.Answer}: it is out of service; try again later, or ask the provider"),
    };

    private static SipListenEndPoint AnyPort(SipListenEndPoint listen) => listen with { EndPoint = new(listen.EndPoint.Address, 0) };

    /// <summary>An OPTIONS: any answer but that of a server out of service is a good one.</summary>
    private sealed class AnyAnswer(SipFlow flow, Action<RegisterResult> onResult) : IClientTransactionUser
    {
        public void OnResponse(SipRequest request, SipResponse response)
        {
            if (response.IsFinal)
                onResult(new(response.StatusCode is 408 or 503 or 504 ? RegisterOutcome.Failed : RegisterOutcome.Accepted, flow, $"{response.StatusCode} {response.ReasonPhrase}")
                {
                    StatusCode = response.StatusCode,
                });
        }

        public void OnFailed(SipRequest request, bool isTimeout) => onResult(new(RegisterOutcome.Failed, flow, isTimeout ? "no answer" : "cannot be reached"));
    }

    /// <summary>Nobody is called during a check.</summary>
    private sealed class NoCalls : IUserAgentHandler
    {
        public void OnInvite(UserAgentServer invite) => invite.Reject(480);

        public OptionsAnswer OptionsStatus() => new(480);
    }
}
