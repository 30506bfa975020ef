using System.Data.Common;
using System.Text.Json;
using Storage;
using Support.Databases;
using Tools;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Crm.Tests;

/// <summary>What holds for the CRM in both databases.</summary>
public abstract class CrmTests(EmptyDatabase empty) : IAsyncLifetime
{
    private const string Friday10 = "2026-01-02T10:00+01:00";

    private readonly List<CrmRig> _rigs = [];
    private DatabaseOptions _options = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(empty.Missing.Length > 0, empty.Missing);
        _options = await empty.OptionsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
        await empty.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Caller_is_known_by_their_number_however_the_line_writes_it()
    {
        var crm = await StartAsync();
        foreach (var caller in (string[])[CrmRig.Anna, "004930 23125001", "030/23125001", "4930-23125001", "sip:+493023125001@trunk.example"])
        {
            var found = await crm.GetAsync("find_contact", new { }, caller);
            Assert.Equal("The caller is Anna Berger.", found.GetProperty("say").GetString());
            Assert.Equal(2, found.GetProperty("open_orders").GetInt32());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("anonymous")]
    [InlineData("+4917012345678")]
    public async Task Caller_who_is_not_known_is_asked_for_a_name(string caller)
    {
        var found = await (await StartAsync()).GetAsync("find_contact", new { }, caller);
        Assert.False(found.GetProperty("known").GetBoolean());
        Assert.Contains("Ask for the name", found.GetProperty("say").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_who_share_a_number_are_both_named()
    {
        var crm = await StartAsync();
        await crm.ExecuteAsync($"INSERT INTO crm_numbers (number, contact_id) VALUES ('{CrmRig.Anna}', 'jonas')");
        Assert.Contains("shared by Anna Berger or Jonas M", (await crm.GetAsync("find_contact", new { })).GetProperty("say").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_number_tells_nothing_without_the_name_and_little_with_it()
    {
        var crm = await StartAsync();
        Assert.DoesNotContain("Jonas", await crm.CallAsync("find_contact", new { number = CrmRig.Jonas }), StringComparison.Ordinal);
        Assert.DoesNotContain("Jonas", await crm.CallAsync("find_contact", new { number = CrmRig.Jonas, name = "Anna Berger" }), StringComparison.Ordinal);
        var found = await crm.CallAsync("find_contact", new { number = "030 23125002", name = "Herr Mueller" });
        Assert.Contains("\"known\":true", found, StringComparison.Ordinal);
        Assert.DoesNotContain("open_orders", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_are_the_callers_own_open_ones_first_with_amounts_from_whole_cents()
    {
        var orders = (await (await StartAsync()).GetAsync("find_orders", new { })).GetProperty("orders").EnumerateArray().ToList();
        Assert.Equal(["B-1042", "S-2201"], orders.Select(order => order.GetProperty("number").GetString()));
        Assert.Equal("89.50 EUR", orders[0].GetProperty("total").GetString());
        Assert.Equal("Saturday, 3 January 2026", orders[1].GetProperty("expected_on").GetString());
    }

    [Theory]
    [InlineData("B-1042", "", CrmRig.Anna, true)]
    [InlineData("b 1042", "", CrmRig.Anna, true)]
    [InlineData("1042", "", CrmRig.Anna, true)]               // the digits of an own order
    [InlineData("B-1043", "", CrmRig.Anna, false)]            // somebody else's
    [InlineData("B-1043", "Anna Berger", CrmRig.Anna, false)]
    [InlineData("b1043", "Jonas Mueller", CrmRig.Anna, true)] // number and name
    [InlineData("B-1043", "Jonas", CrmRig.Anna, false)]       // the family name is needed
    [InlineData("1043", "Müller", CrmRig.Anna, false)]        // the whole number is needed
    [InlineData("B-1042", "", "", false)]                     // withheld
    [InlineData("B-1042", "Frau Berger", "", true)]
    [InlineData("B-9999", "Anna Berger", CrmRig.Anna, false)]
    [InlineData("'; DROP TABLE crm_orders; --", "x", CrmRig.Anna, false)]
    public async Task An_order_is_told_to_its_owner_or_for_number_and_name(string orderNumber, string name, string caller, bool expected)
    {
        var found = await (await StartAsync()).GetAsync("order_status", new { orderNumber, name }, caller);
        Assert.Equal(expected, found.GetProperty("found").GetBoolean());
        if (!expected)
            Assert.Equal("There is no order of that number that I may speak of. Ask for the order number again, and for the name on the order.", found.GetProperty("say").GetString());
    }

    [Fact]
    public async Task Order_comes_with_its_history_in_words()
    {
        var found = await (await StartAsync()).GetAsync("order_status", new { orderNumber = "S-2201" });
        Assert.Equal("Child seat and helmet: on its way, expected on Saturday, 3 January 2026.", found.GetProperty("say").GetString());
        Assert.Equal(["2025-12-28: received", "2025-12-31: on its way"], found.GetProperty("history").EnumerateArray().Select(step => step.GetString()));
    }

    [Fact]
    public async Task Where_the_callers_number_proves_nothing_orders_need_number_and_name()
    {
        var crm = await StartAsync(("TrustCallerNumber", "Never"));
        Assert.Empty((await crm.GetAsync("find_orders", new { })).GetProperty("orders").EnumerateArray());
        Assert.False((await crm.GetAsync("order_status", new { orderNumber = "B-1042" })).GetProperty("found").GetBoolean());
        Assert.True((await crm.GetAsync("order_status", new { orderNumber = "B-1042", name = "Berger" })).GetProperty("found").GetBoolean());
    }

    /// <summary>Goal A28: what a number proves is up to who vouches for it.</summary>
    [Theory]
    [InlineData(null, true, true)]
    [InlineData(null, false, false)]
    [InlineData("Verified", false, false)]
    [InlineData("Always", false, true)]
    [InlineData("Never", true, false)]
    public async Task Orders_are_told_to_numbers_that_are_vouched_for(string? trust, bool isVerified, bool isTold)
    {
        var crm = trust is null ? await StartAsync() : await StartAsync(("TrustCallerNumber", trust));
        var result = await crm.RunAsync("find_orders", new { }, crm.Context() with { CallerIsVerified = isVerified });
        Assert.Equal(isTold, JsonSerializer.SerializeToElement(result.Value).GetProperty("orders").GetArrayLength() > 0);
    }

    [Fact]
    public async Task Free_slots_are_within_the_hours_not_in_the_past_few_and_spread_over_the_day()
    {
        var crm = await StartAsync();
        crm.Time.Advance(TimeSpan.FromHours(9) + TimeSpan.FromMinutes(10));   // 10:10 in Berlin; an hour's notice
        var found = await crm.GetAsync("find_free_slots", new { service = "inspection", toDay = "Monday" });

        Assert.Equal(
            ["2026-01-01T13:00+01:00", "2026-01-01T15:00+01:00", "2026-01-01T17:00+01:00", "2026-01-02T09:00+01:00", "2026-01-02T13:30+01:00", "2026-01-02T17:00+01:00"],
            Starts(found));
        Assert.Equal("49.00 EUR", found.GetProperty("price").GetString());
        Assert.StartsWith("Free are Thursday, 1 January 2026 at 13:00, or ", found.GetProperty("say").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Part_of_the_day_closed_days_and_a_full_week_are_minded()
    {
        var crm = await StartAsync();
        await crm.ExecuteAsync("INSERT INTO crm_closed_days (day, reason) VALUES ('2026-01-02', 'stocktaking')");

        Assert.Equal("2026-01-03T12:00+01:00", Starts(await crm.GetAsync("find_free_slots", new { service = "puncture repair", fromDay = "2026-01-02", partOfDay = "afternoon" }))[0]);
        var later = await crm.GetAsync("find_free_slots", new { service = "puncture repair", fromDay = "2026-01-02", toDay = "2026-01-02" });
        Assert.Equal("Nothing is free in those days. The next free one is on Saturday, 3 January 2026 at 10:00.", later.GetProperty("say").GetString());
    }

    [Fact]
    public async Task What_cannot_be_understood_is_told_with_what_there_is()
    {
        var crm = await StartAsync();
        Assert.Equal("error: There is no such service. There are: Inspection, Puncture repair, Saddle fitting. Ask which one it is.",
            await crm.CallAsync("find_free_slots", new { service = "haircut" }));
        Assert.Equal("error: The days are not usable. Write them as 2026-03-02; today is Thursday, 1 January 2026, 2026-01-01.",
            await crm.CallAsync("find_free_slots", new { service = "inspection", fromDay = "soon" }));
        Assert.Contains("Give it exactly as find_free_slots did", await crm.CallAsync("book_appointment", new { service = "inspection", start = "ten", name = "Anna" }), StringComparison.Ordinal);
        Assert.Contains("Ask for the caller's phone number first",
            await crm.CallAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna" }, caller: ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Booked_time_is_confirmed_in_words_and_gone_from_the_calendar()
    {
        var crm = await StartAsync();
        foreach (var (caller, name) in ((string, string)[])[(CrmRig.Anna, "Anna Berger"), (CrmRig.Jonas, "Jonas Müller")])   // two stands
        {
            var booked = await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name, note = "brakes" }, caller);
            Assert.Equal(Friday10, booked.GetProperty("start").GetString());
            Assert.StartsWith($"Booked: Inspection on Friday, 2 January 2026 at 10:00, for {name}. The code is ", booked.GetProperty("say").GetString(), StringComparison.Ordinal);
        }
        var third = await crm.CallAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Mary Hill" }, "+12025550143");
        Assert.StartsWith("error: Friday, 2 January 2026 at 10:00 is not free, so nothing was booked. Free are Friday, 2 January 2026 at 9:00 (2026-01-02T09:00+01:00), or ", third, StringComparison.Ordinal);
        Assert.Equal("anna jonas", await crm.QueryAsync<string>("SELECT MIN(contact_id) || ' ' || MAX(contact_id) FROM crm_appointments"));
    }

    [Theory]
    [InlineData("2026-01-02T08:00+01:00")]   // before the opening
    [InlineData("2026-01-02T11:30+01:00")]   // into the break
    [InlineData("2026-01-02T10:07+01:00")]   // off the grid
    [InlineData("2026-01-04T10:00+01:00")]   // Sunday
    [InlineData("2025-12-31T10:00+01:00")]   // gone by
    [InlineData("2027-01-04T10:00+01:00")]   // too far ahead
    public async Task Time_that_the_shop_does_not_offer_is_not_booked(string start)
    {
        var crm = await StartAsync();
        Assert.Contains("is not free, so nothing was booked.", await crm.CallAsync("book_appointment", new { service = "inspection", start, name = "Anna Berger" }), StringComparison.Ordinal);
        Assert.Equal(0, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_taken"));
    }

    [Fact]
    public async Task The_same_key_and_the_same_wish_book_once()
    {
        var crm = await StartAsync();
        var wish = new { service = "inspection", start = Friday10, name = "Anna Berger" };
        var first = await crm.GetAsync("book_appointment", wish, key: "k1");
        var sameKey = await crm.GetAsync("book_appointment", wish, key: "k1");
        var sameWish = await crm.GetAsync("book_appointment", new { service = "Inspection", start = "2026-01-02T09:00:00Z", name = "Berger" }, key: "k2");

        Assert.All([sameKey, sameWish], again => Assert.Equal(first.GetProperty("appointment").GetString(), again.GetProperty("appointment").GetString()));
        Assert.StartsWith("That was booked already: ", sameWish.GetProperty("say").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_appointments"));
    }

    [Fact]
    public async Task Two_people_of_one_number_book_the_same_time_each()
    {
        var crm = await StartAsync();
        foreach (var name in (string[])["Anna Berger", "Otto Krug"])
            Assert.StartsWith($"Booked: Inspection on Friday, 2 January 2026 at 10:00, for {name}.",
                (await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name })).GetProperty("say").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO crm_contacts (id, name, created_at) VALUES ('x', 'X', '2026-03-02 08:30:00')")]
    [InlineData("INSERT INTO crm_numbers (number, contact_id) VALUES ('+49 30 1', 'anna')")]
    [InlineData("UPDATE crm_orders SET expected_on = 'tomorrow'")]
    [InlineData("UPDATE crm_orders SET updated_at = '02.03.2026'")]
    [InlineData("INSERT INTO crm_closed_days (day) VALUES ('1.5.2026')")]
    [InlineData("UPDATE crm_opening_hours SET closes_minute = 1")]
    [InlineData("UPDATE crm_services SET minutes = 7")]
    public async Task What_the_tools_could_not_read_is_refused_by_the_tables(string sql) =>
        await Assert.ThrowsAnyAsync<DbException>(async () => await (await StartAsync()).ExecuteAsync(sql));

    [Fact]
    public async Task Two_stands_take_two_of_twenty_customers_who_want_the_same_time_at_once()
    {
        var crm = await StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => crm.CallAsync("book_appointment", new { service = "inspection", start = Friday10, name = $"Customer {i}" }, $"+49170000{i:000}", $"race{i}"), Cancellation)));

        Assert.Equal(2, answers.Count(answer => answer.Contains("Booked: ", StringComparison.Ordinal)));
        Assert.Equal(18, answers.Count(answer => answer.Contains("is not free, so nothing was booked", StringComparison.Ordinal)));
        Assert.Equal(2, await crm.QueryAsync<long>("SELECT COUNT(DISTINCT resource_id) FROM crm_appointments"));
        Assert.Equal(24, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_taken"));
    }

    [Fact]
    public async Task Twenty_repetitions_of_one_key_at_once_book_once()
    {
        var crm = await StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            Task.Run(() => crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" }, key: "k1"), Cancellation)));
        Assert.Single(answers.Select(answer => answer.GetProperty("appointment").GetString()).Distinct(StringComparer.Ordinal));
        Assert.Equal(1, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_appointments"));
    }

    [Fact]
    public async Task The_table_itself_refuses_a_double_booking()
    {
        var crm = await StartAsync();
        await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" });
        await Assert.ThrowsAnyAsync<DbException>(() => crm.ExecuteAsync("INSERT INTO crm_taken (resource_id, unit, appointment_id) SELECT resource_id, unit, appointment_id FROM crm_taken"));
    }

    [Fact]
    public async Task Booking_that_is_taken_back_frees_the_time_and_only_once()
    {
        var crm = await StartAsync();
        var context = crm.Context(key: "k1");
        var nothing = await UndoAsync(crm, context);
        await crm.RunAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" }, context);

        Assert.Equal("Nothing had been booked.", nothing);
        Assert.Matches("^Appointment [A-Z0-9]{6} was cancelled again.$", await UndoAsync(crm, context));
        Assert.Matches("^Appointment [A-Z0-9]{6} was cancelled again.$", await UndoAsync(crm, context));
        Assert.Equal(0, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_taken"));
        Assert.Equal("cancelled", await crm.QueryAsync<string>("SELECT status FROM crm_appointments"));
    }

    [Fact]
    public async Task Callers_appointment_is_cancelled_and_can_be_booked_anew()
    {
        var crm = await StartAsync();
        Assert.False((await crm.GetAsync("cancel_appointment", new { })).GetProperty("cancelled").GetBoolean());
        await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" });
        Assert.Single((await crm.GetAsync("find_contact", new { })).GetProperty("appointments").EnumerateArray());

        var cancelled = await crm.GetAsync("cancel_appointment", new { });
        Assert.Equal("Cancelled: Inspection on Friday, 2 January 2026 at 10:00.", cancelled.GetProperty("say").GetString());
        Assert.Empty((await crm.GetAsync("find_contact", new { })).GetProperty("appointments").EnumerateArray());
        Assert.StartsWith("Booked: ", (await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" })).GetProperty("say").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_appointments_the_code_is_asked_for_and_a_stranger_needs_the_name_too()
    {
        var crm = await StartAsync();
        var code = (await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" })).GetProperty("appointment").GetString()!;
        await crm.GetAsync("book_appointment", new { service = "inspection", start = "2026-01-05T10:00+01:00", name = "Anna Berger" });

        Assert.Equal(2, (await crm.GetAsync("cancel_appointment", new { })).GetProperty("appointments").GetArrayLength());
        Assert.False((await crm.GetAsync("cancel_appointment", new { appointment = code }, CrmRig.Jonas)).GetProperty("cancelled").GetBoolean());
        Assert.False((await crm.GetAsync("cancel_appointment", new { appointment = code, name = "Jonas Müller" }, CrmRig.Jonas)).GetProperty("cancelled").GetBoolean());
        Assert.True((await crm.GetAsync("cancel_appointment", new { appointment = string.Join(' ', code.AsEnumerable()).ToLowerInvariant(), name = "Mrs Berger" }, "")).GetProperty("cancelled").GetBoolean());
        Assert.Equal(1, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_appointments WHERE status = 'booked'"));
    }

    [Fact]
    public async Task What_was_cancelled_or_is_over_is_not_cancelled_again()
    {
        var crm = await StartAsync();
        var code = (await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" })).GetProperty("appointment").GetString()!;
        Assert.True((await crm.GetAsync("cancel_appointment", new { appointment = code })).GetProperty("cancelled").GetBoolean());
        var again = await crm.GetAsync("cancel_appointment", new { appointment = code });
        Assert.False(again.GetProperty("cancelled").GetBoolean());
        Assert.Equal("Inspection on Friday, 2 January 2026 at 10:00 had been cancelled before.", again.GetProperty("say").GetString());

        var next = (await crm.GetAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" })).GetProperty("appointment").GetString()!;
        crm.Time.Advance(TimeSpan.FromDays(2));
        var late = await crm.GetAsync("cancel_appointment", new { appointment = next });
        Assert.False(late.GetProperty("cancelled").GetBoolean());
        Assert.Equal("Inspection on Friday, 2 January 2026 at 10:00 is over and can no longer be cancelled.", late.GetProperty("say").GetString());
        Assert.Equal("booked", await crm.QueryAsync<string>("SELECT status FROM crm_appointments WHERE cancelled_at IS NULL"));
    }

    [Theory]
    [InlineData("9999-12-31", null)]
    [InlineData("9999-12-31", "9999-12-31")]
    [InlineData(null, "9999-12-31")]
    [InlineData("0001-01-01", null)]
    public async Task Days_at_the_ends_of_the_calendar_are_days(string? from, string? to)
    {
        var crm = await StartAsync();
        await crm.GetAsync("find_free_slots", new { service = "inspection", fromDay = from, toDay = to });
        foreach (var start in (string[])[$"{from ?? to}T23:59", $"{from ?? to}T00:00", $"{from ?? to}T23:59Z", $"{from ?? to}T00:00+14:00"])
            Assert.StartsWith("error: ", await crm.CallAsync("book_appointment", new { service = "inspection", start, name = "Anna Berger" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summary_is_kept_once_with_the_customer()
    {
        var crm = await StartAsync();
        for (var i = 0; i < 2; i++)
            await crm.GetAsync("log_call_summary", new { summary = "Asked for the repair.", followUp = "Call back." }, key: "k1");
        Assert.Equal("1 anna Asked for the repair. Call back.",
            await crm.QueryAsync<string>("SELECT COUNT(*) || ' ' || MAX(contact_id) || ' ' || MAX(summary) || ' ' || MAX(follow_up) FROM crm_call_summaries"));
    }

    [Fact]
    public async Task Summer_time_moves_no_appointment_on_the_shops_clock()
    {
        var crm = await StartAsync(("BookAheadDays", "365"));
        await crm.ExecuteAsync("INSERT INTO crm_opening_hours (resource_id, weekday, opens_minute, closes_minute) VALUES ('stand1', 0, 60, 300)");   // Sundays 1:00 to 5:00

        // On 29 March the hour from 2:00 does not exist; on 25 October it comes twice.
        var spring = Starts(await crm.GetAsync("find_free_slots", new { service = "puncture repair", fromDay = "2026-03-29", toDay = "2026-03-29" }));
        Assert.Equal(["2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00", "2026-03-29T04:30+02:00"], spring);
        Assert.Contains("Booked: ", await crm.CallAsync("book_appointment", new { service = "puncture repair", start = "2026-03-29T03:00", name = "Anna Berger" }), StringComparison.Ordinal);
        var autumn = Starts(await crm.GetAsync("find_free_slots", new { service = "puncture repair", fromDay = "2026-10-25", toDay = "2026-10-25" }));
        Assert.Equal(["2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00", "2026-10-25T04:30+01:00"], autumn);
    }

    [Fact]
    public async Task A_database_that_fails_is_told_in_words_and_nothing_is_half_done()
    {
        var crm = await StartAsync();
        await crm.ExecuteAsync("ALTER TABLE crm_taken RENAME TO away");

        var booking = await crm.RunAsync("book_appointment", new { service = "inspection", start = Friday10, name = "Anna Berger" }, crm.Context());
        var slots = await crm.RunAsync("find_free_slots", new { service = "inspection" }, crm.Context());

        Assert.Equal(("The customer database does not answer, so nothing was changed.", false), (booking.Error, booking.IsUnknown));
        Assert.Equal(("The customer database does not answer, so nothing could be looked up.", true), (slots.Error, slots.MayRetry));
        Assert.Equal(0, await crm.QueryAsync<long>("SELECT COUNT(*) FROM crm_appointments"));
    }

    [Fact]
    public async Task Examples_are_put_into_an_empty_database_only()
    {
        var first = await StartAsync();
        await first.ExecuteAsync("DELETE FROM crm_order_events");
        await first.ExecuteAsync("DELETE FROM crm_orders");
        var second = await StartAsync();
        Assert.Equal(0, await second.QueryAsync<long>("SELECT COUNT(*) FROM crm_orders"));
    }

    [Fact]
    public async Task Two_services_that_start_together_seed_once()
    {
        var rigs = Enumerable.Range(0, 4).Select(_ => new CrmRig(_options)).ToList();
        _rigs.AddRange(rigs);
        await Task.WhenAll(rigs.Select(rig => Task.Run(rig.StartAsync, Cancellation)));
        Assert.Equal(4, await rigs[0].QueryAsync<long>("SELECT COUNT(*) FROM crm_contacts"));
    }

    private static List<string> Starts(JsonElement found) => [.. found.GetProperty("slots").EnumerateArray().Select(slot => slot.GetProperty("start").GetString()!)];

    private static async Task<string> UndoAsync(CrmRig crm, ToolContext context) =>
        await crm.Find("book_appointment").Compensate!(context, JsonSerializer.SerializeToElement(new { }), null, Cancellation);

    private async Task<CrmRig> StartAsync(params (string Key, string Value)[] settings)
    {
        var rig = new CrmRig(_options, settings);
        _rigs.Add(rig);
        return await rig.StartAsync();
    }
}

/// <summary>On a file of its own.</summary>
public sealed class SqliteCrmTests() : CrmTests(EmptyDatabase.Sqlite());

/// <summary>On a real server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlCrmTests(PostgreSqlServer server) : CrmTests(EmptyDatabase.PostgreSql(server));
