using Support.Databases;

namespace Crm.Tests;

/// <summary>Free times, bookings and cancellations.</summary>
public abstract class CrmAppointmentTests(EmptyDatabase empty) : CrmShop(empty)
{
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
}

/// <summary>On a file of its own.</summary>
public sealed class SqliteCrmAppointmentTests() : CrmAppointmentTests(EmptyDatabase.Sqlite());

/// <summary>On a real server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlCrmAppointmentTests(PostgreSqlServer server) : CrmAppointmentTests(EmptyDatabase.PostgreSql(server));
