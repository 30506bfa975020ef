using System.Data.Common;
using Support.Databases;

namespace Crm.Tests;

/// <summary>What the tables themselves guarantee, also under many hands.</summary>
public abstract class CrmDatabaseTests(EmptyDatabase empty) : CrmShop(empty)
{
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
        var rigs = Enumerable.Range(0, 4).Select(_ => Add()).ToList();
        await Task.WhenAll(rigs.Select(rig => Task.Run(rig.StartAsync, Cancellation)));
        Assert.Equal(4, await rigs[0].QueryAsync<long>("SELECT COUNT(*) FROM crm_contacts"));
    }
}

/// <summary>On a file of its own.</summary>
public sealed class SqliteCrmDatabaseTests() : CrmDatabaseTests(EmptyDatabase.Sqlite());

/// <summary>On a real server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlCrmDatabaseTests(PostgreSqlServer server) : CrmDatabaseTests(EmptyDatabase.PostgreSql(server));
