using System.Text.Json;
using Telephony.Sip.Registrar;
using Telephony.Trunks;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>A27: what /status shows of trunks.</summary>
public sealed class ServiceStatusTests
{
    [Fact]
    public void A_trunk_is_shown_with_state_time_server_and_last_answer()
    {
        var at = new DateTimeOffset(2026, 1, 1, 3, 0, 0, TimeSpan.Zero);
        var status = new TrunkStatus("provider", true, TrunkState.Refused, at) { Server = "udp://192.0.2.1:5060", LastAnswer = "403 Forbidden", LastAnswerAt = at };
        using var json = JsonDocument.Parse(new ServiceStatus("ready", 3, [status]).ToJson());
        Assert.Equal("ready", json.RootElement.GetProperty("state").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("calls").GetInt32());
        var trunk = Assert.Single(json.RootElement.GetProperty("trunks").EnumerateArray());
        Assert.Equal("Refused", trunk.GetProperty("state").GetString());
        Assert.Equal(at, trunk.GetProperty("since").GetDateTimeOffset());
        Assert.Equal("403 Forbidden", trunk.GetProperty("lastAnswer").GetString());
        Assert.Equal(JsonValueKind.Null, trunk.GetProperty("registeredUntil").ValueKind);
    }

    [Fact]
    public void Phones_are_shown_and_what_was_shown_can_be_read()
    {
        var phone = new RegisteredPhone("alice", "sip:alice@192.168.1.5", "tls://203.0.113.9:40000", IsReachable: true, new DateTimeOffset(2026, 1, 1, 3, 0, 0, TimeSpan.Zero));
        var json = new ServiceStatus("ready", 0, []) { PhoneCount = 1, Phones = [phone] }.ToJson();
        Assert.Contains("\"source\": \"tls://203.0.113.9:40000\"", json, StringComparison.Ordinal);
        var read = ServiceStatus.Read(json);
        Assert.Equal(1, read?.PhoneCount);
        Assert.Equal(phone, Assert.Single(read!.Phones));
        Assert.Null(ServiceStatus.Read("live\n"));
    }
}
