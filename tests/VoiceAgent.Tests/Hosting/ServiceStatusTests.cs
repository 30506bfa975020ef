using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Telephony.Sip.Registrar;
using Telephony.Trunks;
using VoiceAgent.Hosting;

namespace VoiceAgent.Tests.Hosting;

/// <summary>A27: what /status shows of trunks, and of phones to whom.</summary>
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

    [Theory]
    [InlineData("127.0.0.1", "", "", true)]
    [InlineData("::1", "", "", true)]
    [InlineData("::ffff:127.0.0.1", "", "", true)]
    [InlineData("192.0.2.7", "", "", false)]
    [InlineData("192.0.2.7", "Bearer a key of 16 characters", "", true)]
    [InlineData("192.0.2.7", "bearer a key of 16 characters", "", true)]
    [InlineData("192.0.2.7", "Bearer another key of 16 characters", "", false)]
    [InlineData("192.0.2.7", "a key of 16 characters", "", false)]
    [InlineData("127.0.0.1", "", "X-Forwarded-For", false)]   // a proxy on this machine asks for anybody
    [InlineData("127.0.0.1", "", "Forwarded", false)]
    [InlineData("127.0.0.1", "", "X-Forwarded-Proto", false)]
    [InlineData("127.0.0.1", "", "x-real-ip", false)]
    [InlineData("127.0.0.1", "", "Via", false)]
    [InlineData("127.0.0.1", "", "X-Original-For", false)]   // through a proxy whose word was taken
    [InlineData("127.0.0.1", "Bearer a key of 16 characters", "Forwarded", true)]
    public void Phones_are_for_this_machine_and_for_those_who_have_the_key(string from, string authorization, string proxyHeader, bool sees)
    {
        var context = Request(from, authorization);
        if (proxyHeader.Length > 0)
            context.Request.Headers[proxyHeader] = "192.0.2.7";
        Assert.Equal(sees, new HttpKey("a key of 16 characters").OpensFor(context));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("[::1]", true)]
    [InlineData("console.example", false)]
    [InlineData("192.0.2.1", false)]
    public void A_name_that_was_made_to_lead_to_this_machine_is_not_this_machine(string host, bool sees)
    {
        var context = Request("127.0.0.1", "");
        context.Request.Host = new HostString(host, 8080);
        Assert.Equal(sees, new HttpKey("").OpensFor(context));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    public void Where_there_is_no_key_nobody_has_it(string authorization)
    {
        Assert.False(new HttpKey("").OpensFor(Request("192.0.2.7", authorization)));
    }

    private static DefaultHttpContext Request(string from, string authorization)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(from) } };
        context.Request.Headers.Authorization = authorization;
        context.Request.Host = new HostString("127.0.0.1", 8080);
        return context;
    }
}
