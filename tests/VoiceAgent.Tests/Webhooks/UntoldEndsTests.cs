using System.Data.Common;
using Storage;
using Support;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Records;
using VoiceAgent.Webhooks;

namespace VoiceAgent.Tests.Webhooks;

/// <summary>The end of every call that is kept is told at least once, whatever becomes of the process and of the system that wants to know it.</summary>
public abstract class UntoldEndsTests(EmptyDatabase empty) : IAsyncLifetime
{
    private ManualTimeProvider _time = new();
    private Database _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(empty.Missing.Length > 0, empty.Missing);
        _database = new Database(await empty.OptionsAsync(), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
        await empty.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_end_that_was_not_taken_before_the_service_was_killed_is_told_by_the_next_one_and_once()
    {
        var killed = new WebhookService(_database, _time) { IsTaken = false };
        await killed.StartAsync();
        await SetUpAsync(killed);
        var record = await CallAsync("call1", killed);
        await killed.UntilAsync(() => killed.Tries >= 3);

        Kill();
        await using var next = new WebhookService(_database, _time);
        await next.StartAsync();
        await next.UntilAsync(() => next.Ids.Count > 0);
        Assert.Equal([$"call1-call.ended-{record.StartedAt.ToUnixTimeMilliseconds()}"], next.Ids);
        var told = next.Bodies[0];
        Assert.Equal((WebhookEvents.Ended, "CallerHungUp", record.StartedAt.AddMilliseconds(record.DurationMs)),
            (told.GetProperty("type").GetString(), told.GetProperty("data").GetProperty("endReason").GetString(), told.GetProperty("timestamp").GetDateTimeOffset()));
        await next.StopAsync();

        await using var third = new WebhookService(_database, _time);
        await third.StartAsync();
        await third.PassAsync(TimeSpan.FromMinutes(3));
        await CallAsync("call2", third);
        await third.UntilAsync(() => third.Ids.Count > 0);
        Assert.StartsWith("call2-", Assert.Single(third.Ids), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_was_cut_off_by_a_kill_is_told_once_the_next_start_has_closed_its_record()
    {
        await using var service = new WebhookService(_database, _time);
        await service.StartAsync();
        await SetUpAsync(service);
        var process = $"{ProcessMark.Own} 0";
        await using (var gone = Writer())
        {
            await gone.StartAsync(Cancellation);
            gone.OnStarted(Record("call1"));
            process = gone.Process;
        }
        await service.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(service.Ids);
        await using (var writer = Writer())
        {
            await writer.PrepareAsync(Cancellation);
            await _database.TransactAsync((connection, cancellation) => writer.CloseSomeOfAsync(connection, process, cancellation), Cancellation);
        }
        await service.UntilAsync(() => service.Ids.Count > 0);
        Assert.Equal("ServiceKilled", service.Bodies.Single().GetProperty("data").GetProperty("endReason").GetString());
    }

    [Fact]
    public async Task A_call_that_runs_is_told_of_when_it_ends_though_others_have_taken_its_process_for_lost()
    {
        await using var service = new WebhookService(_database, _time);
        await service.StartAsync();
        await SetUpAsync(service);
        await using var writer = Writer();
        service.Writer = writer;
        await writer.StartAsync(Cancellation);
        var record = Record("call1");
        writer.OnStarted(record);
        while (await new CallArchive(_database).GetAsync("call1", Cancellation) is null)
            await service.PassAsync(TimeSpan.FromSeconds(1));
        await _database.TransactAsync((connection, cancellation) => writer.CloseSomeOfAsync(connection, writer.Process, cancellation), Cancellation);
        await service.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("ServiceKilled", (await new CallArchive(_database).GetAsync("call1", Cancellation))!.Summary.EndReason);
        Assert.Empty(service.Ids);

        (record.EndReason, record.DurationMs) = (EndReason.CallerHungUp, 200_000);
        writer.OnEnded(record);
        service.Events.OnEnded(record);
        await service.UntilAsync(() => service.Ids.Count > 0);
        await service.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("CallerHungUp", service.Bodies.Single().GetProperty("data").GetProperty("endReason").GetString());
    }

    [Fact]
    public async Task A_system_that_one_service_has_long_known_is_not_told_of_what_another_had_before_it_knew_it()
    {
        await using var known = new WebhookService(_database, _time);
        await known.StartAsync();
        await SetUpAsync(known);
        await CallAsync("before", told: null, "node-b");
        await known.PassAsync(TimeSpan.FromMinutes(1));
        await using var other = new WebhookService(_database, _time, instance: "node-b");
        await other.StartAsync();
        await SetUpAsync(other, instance: "node-b");
        await CallAsync("after", told: null, "node-b");
        await other.UntilAsync(() => other.Ids.Count > 0);
        Assert.StartsWith("after-", Assert.Single(other.Ids), StringComparison.Ordinal);
        Assert.Empty(known.Ids);
    }

    [Fact]
    public async Task What_is_told_late_leaves_room_for_what_happens_now()
    {
        await using var service = new WebhookService(_database, _time) { IsTaken = false };
        for (var i = 0; i < DeliverySender.MaxWaitingPerHost / 5; i++)
            Assert.True(service.Sender.Send(new Delivery(WebhookService.Url, $"{i % 3}", "{}"u8.ToArray())));
        var (late, now) = (Record("late"), Record("now"));
        Assert.False(service.Events.TellEnd(WebhookService.Target, late, _time.GetUtcNow()));
        service.Events.OnEnded(now);
        service.IsTaken = true;
        await service.UntilAsync(() => service.Ids.Any(id => id.StartsWith("now-", StringComparison.Ordinal)));
        Assert.True(service.Events.TellEnd(WebhookService.Target, late, _time.GetUtcNow()));
    }

    [Fact]
    public async Task A_system_is_not_told_of_what_was_before_it_was_configured()
    {
        await using var service = new WebhookService(_database, _time);
        await service.StartAsync();
        await SetUpAsync(service);
        await CallAsync("before", service);
        await service.UntilAsync(() => service.Ids.Count > 0);
        await using var other = new WebhookService(_database, _time, "billing");
        await service.PassAsync(TimeSpan.FromSeconds(1));
        await other.StartAsync();
        await SetUpAsync(other, "billing");
        await CallAsync("after", told: null);
        await other.UntilAsync(() => other.Ids.Count > 0);
        Assert.StartsWith("after-", Assert.Single(other.Ids), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_finds_no_room_is_told_when_there_is_room_again_and_is_not_lost()
    {
        await using var service = new WebhookService(_database, _time) { IsTaken = false };
        await service.StartAsync();
        await SetUpAsync(service);
        for (var i = 0; i < DeliverySender.MaxWaitingPerHost; i++)
            Assert.True(service.Sender.Send(new Delivery(WebhookService.Url, $"{i % 3}", "{}"u8.ToArray()) { KeepTrying = TimeSpan.FromHours(1) }));
        await CallAsync("call1", service);
        await service.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(0, service.Sender.Lost);
        service.IsTaken = true;
        await service.UntilAsync(() => service.Ids.Any(id => id.StartsWith("call1-", StringComparison.Ordinal)));
        Assert.Equal(0, service.Sender.Lost);
    }

    [Fact]
    public async Task What_was_tried_for_long_enough_is_given_up_for_good()
    {
        await using var service = new WebhookService(_database, _time) { IsTaken = false };
        await service.StartAsync();
        await SetUpAsync(service);
        await CallAsync("call1", service);
        await service.UntilAsync(() => service.Sender.Lost > 0, TimeSpan.FromSeconds(30));
        await service.PassAsync(TimeSpan.FromSeconds(5));
        service.IsTaken = true;
        await CallAsync("call2", service);
        await service.PassAsync(TimeSpan.FromMinutes(3));
        await service.UntilAsync(() => service.Ids.Count > 0);
        Assert.StartsWith("call2-", Assert.Single(service.Ids), StringComparison.Ordinal);
    }

    // What stands on the old clock never runs again.
    private void Kill()
    {
        var now = _time.GetUtcNow();
        _time = new ManualTimeProvider();
        _time.Advance(now - _time.GetUtcNow() + TimeSpan.FromMinutes(10));
    }

    // From here on the system is known.
    private async Task SetUpAsync(WebhookService service, string target = WebhookService.Target, string instance = WebhookService.Instance)
    {
        while (!await IsKnownAsync(target, instance))
            await service.PassAsync(TimeSpan.FromSeconds(1));
        await service.PassAsync(TimeSpan.FromSeconds(1));
    }

    private async Task<bool> IsKnownAsync(string target, string instance)
    {
        try
        {
            await using var connection = await _database.OpenAsync(Cancellation);
            return await connection.Command("SELECT COUNT(*) FROM webhook_targets WHERE instance = @instance AND target = @target", ("instance", instance), ("target", target)).ScalarAsync<long>(Cancellation) > 0;
        }
        catch (DbException)
        {
            return false;   // no table yet
        }
    }

    private RecordWriter Writer(string instance = WebhookService.Instance) => new(_database, instance, new RecordOptions(), _time, new LogLines<RecordWriter>());

    private CallRecord Record(string id) => new()
    {
        CallId = id, SipCallId = id, From = "sip:x@example.com", DialledNumber = "1", Agent = "sales", StartedAt = _time.GetUtcNow(), AnsweredAfterMs = 1,
    };

    /// <summary>A call that is kept, and whose end a service was told of.</summary>
    private async Task<CallRecord> CallAsync(string id, WebhookService? told, string instance = WebhookService.Instance)
    {
        var record = Record(id);
        (record.EndReason, record.DurationMs) = (EndReason.CallerHungUp, 1_500);
        await using var writer = Writer(instance);
        await writer.StartAsync(Cancellation);
        writer.OnEnded(record);
        told?.Events.OnEnded(record);
        return record;
    }
}

/// <summary>In an SQLite file.</summary>
public sealed class SqliteUntoldEndsTests() : UntoldEndsTests(EmptyDatabase.Sqlite());

/// <summary>On a PostgreSQL server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlUntoldEndsTests(PostgreSqlServer server) : UntoldEndsTests(EmptyDatabase.PostgreSql(server));
