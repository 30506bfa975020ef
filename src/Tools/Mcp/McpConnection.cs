using System.Net;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Tools.Http;
using Tools.Invocation;

namespace Tools.Mcp;

/// <summary>One session with a server, and the program or the sockets below it.</summary>
/// <remarks>Owned by its <see cref="McpLink"/>; any thread may call tools on it.</remarks>
internal sealed class McpConnection : IAsyncDisposable
{
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(3);

    // A server that hangs must not hold up a new session, a reload or the program's end.
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPing = TimeSpan.FromSeconds(1);

    private readonly HttpClientTransport? _transport;
    private readonly McpProcess? _process;
    private readonly TaskCompletionSource<string> _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private McpConnection(McpClient client, HttpClientTransport? transport, McpProcess? process)
    {
        (Client, _transport, _process) = (client, transport, process);
        Lost = LostAsync();
    }

    /// <summary>The session.</summary>
    public McpClient Client { get; }

    /// <summary>Ends with the session; the reason.</summary>
    public Task<string> Lost { get; }

    /// <summary>Id of the program; null for a server at an address.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Opens a session.</summary>
    /// <param name="address">The server.</param>
    /// <param name="errors">Takes what a program writes to its standard error.</param>
    /// <param name="startTimeout">Longest wait for its first answer.</param>
    /// <param name="listChanged">Called when the server announces other tools.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<McpConnection> OpenAsync(
        McpServerAddress address, McpErrorLines errors, TimeSpan startTimeout, Action listChanged, TimeProvider time, CancellationToken cancellation)
    {
        var options = Options(startTimeout, listChanged, time);
        var transport = address.Url is { } url ? Http(url, address, time) : null;
        var process = transport is null ? McpProcess.Start(address, errors, time) : null;
        try
        {
            // The library's log shows what tools are called with.
            IClientTransport either = transport ?? (IClientTransport)new StreamClientTransport(process!.Input, process.Output, NullLoggerFactory.Instance);
            return new McpConnection(await McpClient.CreateAsync(either, options, NullLoggerFactory.Instance, cancellation), transport, process);
        }
        catch
        {
            await CloseAsync(transport, process);
            throw;
        }
    }

    /// <summary>Ends the session if it is of no use any more: that of a program, whose stream is out of step, and one that a server at an address does not know or that cannot be reached.
    /// One that only answered a call badly serves the other calls on.</summary>
    /// <param name="reason">What went wrong.</param>
    /// <param name="time">Clock.</param>
    public async Task DoubtAsync(string reason, TimeProvider time)
    {
        if (_process is not null || await IsGoneAsync(time))
            _givenUp.TrySetResult(reason);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _givenUp.TrySetResult("closed");
        try
        {
            await Client.DisposeAsync();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            // The farewell did not arrive.
        }
        await CloseAsync(_transport, _process);
    }

    private static async Task CloseAsync(HttpClientTransport? transport, McpProcess? process)
    {
        if (transport is not null)
            await transport.DisposeAsync();
        if (process is not null)
            await process.DisposeAsync();
    }

    private async Task<bool> IsGoneAsync(TimeProvider time)
    {
        using var limit = new CancellationTokenSource(LongestPing, time);
        try
        {
            await Client.SendRequestAsync<PingRequestParams, PingResult>(RequestMethods.Ping, new PingRequestParams(), cancellationToken: limit.Token);
            return false;
        }
        catch (HttpRequestException refused)
        {
            return refused.StatusCode is null or HttpStatusCode.NotFound or HttpStatusCode.BadRequest;   // an unknown session is 404; older servers say 400
        }
        catch (InvalidOperationException)
        {
            return true;   // the library has closed it
        }
        catch (Exception unwell) when (unwell is McpException or IOException or JsonException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string> LostAsync()
    {
        var first = await Task.WhenAny(Client.Completion, _process?.Exited ?? _givenUp.Task, _givenUp.Task);
        return first == _givenUp.Task ? await _givenUp.Task
            : _process?.ExitCode is { } code ? $"the program ended with exit code {code}"
            : "the server closed the session";
    }

    private static McpClientOptions Options(TimeSpan startTimeout, Action listChanged, TimeProvider time) => new()
    {
        ClientInfo = new Implementation { Name = "VoiceAgent", Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0" },
        InitializationTimeout = startTimeout,
        DiscoverProbeTimeout = startTimeout / 3 < LongestProbe ? startTimeout / 3 : LongestProbe,
        TimeProvider = time,
        Handlers = new McpClientHandlers
        {
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, (_, _) =>
                {
                    listChanged();
                    return ValueTask.CompletedTask;
                }),
            ],
        },
    };

    private static HttpClientTransport Http(Uri url, McpServerAddress address, TimeProvider time)
    {
        // Plain HTTP is for the own machine and network only; the address is the operator's own, so nothing else is in question.
        var rules = new HttpSourceOptions { AllowPrivateAddresses = true };
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,   // LimitedMessages names the tool's own span
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = new CheckedConnector(rules, Dns.GetHostAddressesAsync, time).ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        var client = new HttpClient(new LimitedMessages(handler, time)) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new HttpClientTransportOptions { Endpoint = url, TransportMode = HttpTransportMode.StreamableHttp, AdditionalHeaders = address.Headers() };
        return new HttpClientTransport(options, client, NullLoggerFactory.Instance, ownsHttpClient: true);
    }

    /// <summary>Bounds what a server answers, and how long it is waited for where the library would wait for ever: at the end of a session, and of an attempt to open one.</summary>
    private sealed class LimitedMessages(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            ToolTracing.Tell(request);
            if (request.Method != HttpMethod.Delete)
                return await LimitedAsync(request, cancellationToken);
            using var limit = new CancellationTokenSource(LongestFarewell, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            return await LimitedAsync(request, either.Token);
        }

        private async Task<HttpResponseMessage> LimitedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
            var limited = new StreamContent(new LimitedStream(
                await response.Content.ReadAsStreamAsync(cancellationToken), isStream ? LimitedStream.Ending.EmptyLine : LimitedStream.Ending.Stream));
            foreach (var (name, values) in response.Content.Headers)
                limited.Headers.TryAddWithoutValidation(name, values);
            response.Content = limited;
            return response;
        }
    }
}
