using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests.Peers;

/// <summary>Something baresip says of its own accord: CALL_RINGING, CALL_ESTABLISHED, CALL_RTPESTAB, CALL_CLOSED.</summary>
internal sealed record BaresipEvent(string Type, string Parameter);

/// <summary>baresip's control connection: commands and events as JSON in netstrings over TCP (its module ctrl_tcp).</summary>
internal sealed class BaresipControl : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly List<BaresipEvent> _events = [];
    private int _count;

    private BaresipControl(Socket socket) => _socket = socket;

    /// <summary>Connects as soon as the port is there; null when it does not come in time.</summary>
    public static async Task<BaresipControl?> ConnectAsync(int port, Func<bool> stillRuns)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (stillRuns() && !limit.IsCancellationRequested)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return new BaresipControl(socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(50);
            }
        }
        return null;
    }

    /// <summary>Gives a command; true when baresip says that it took it.</summary>
    public async Task<bool> CommandAsync(string command, string parameters = "")
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { command, @params = parameters, token = "t" });
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"{body.Length}:"));
        await _socket.SendAsync(body);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(","));
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            using var message = await ReadAsync(limit.Token);
            if (message is null)
                return false;
            if (message.RootElement.TryGetProperty("ok", out var ok))
                return ok.GetBoolean();
        }
    }

    /// <summary>The next event of a type, those that came earlier included; null when the time is up.</summary>
    public async Task<BaresipEvent?> WaitForAsync(string type, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        while (true)
        {
            var index = _events.FindIndex(e => e.Type == type);
            if (index >= 0)
            {
                var found = _events[index];
                _events.RemoveRange(0, index + 1);
                return found;
            }
            using var message = await ReadAsync(limit.Token);
            if (message is null)
                return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    // One message; events are kept. Null when the time is up or the connection is gone.
    private async Task<JsonDocument?> ReadAsync(CancellationToken limit)
    {
        try
        {
            JsonDocument? message;
            while (!TryTake(out message))
            {
                var count = await _socket.ReceiveAsync(_buffer.AsMemory(_count), SocketFlags.None, limit);
                if (count == 0)
                    return null;
                _count += count;
            }
            if (message!.RootElement.TryGetProperty("type", out var type))
                _events.Add(new BaresipEvent(type.GetString() ?? "", message.RootElement.TryGetProperty("param", out var parameter) ? parameter.GetString() ?? "" : ""));
            return message;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    private bool TryTake(out JsonDocument? message)
    {
        message = null;
        var colon = _buffer.AsSpan(0, _count).IndexOf((byte)':');
        if (colon < 0)
            return false;
        var length = int.Parse(_buffer.AsSpan(0, colon), CultureInfo.InvariantCulture);
        var end = colon + 1 + length + 1;   // the comma
        if (end > _count)
            return false;
        message = JsonDocument.Parse(_buffer.AsMemory(colon + 1, length).ToArray());
        _buffer.AsSpan(end, _count - end).CopyTo(_buffer);
        _count -= end;
        return true;
    }
}
