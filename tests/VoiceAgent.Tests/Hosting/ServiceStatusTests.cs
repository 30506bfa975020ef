using System.Text.Json;
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
}
