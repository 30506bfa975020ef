using System.Text.Json;
using Support.Databases;

namespace Crm.Tests;

/// <summary>Who calls, and what they may hear of their orders.</summary>
public abstract class CrmCustomerTests(EmptyDatabase empty) : CrmShop(empty)
{
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
    public async Task Summary_is_kept_once_with_the_customer()
    {
        var crm = await StartAsync();
        for (var i = 0; i < 2; i++)
            await crm.GetAsync("log_call_summary", new { summary = "Asked for the repair.", followUp = "Call back." }, key: "k1");
        Assert.Equal("1 anna Asked for the repair. Call back.",
            await crm.QueryAsync<string>("SELECT COUNT(*) || ' ' || MAX(contact_id) || ' ' || MAX(summary) || ' ' || MAX(follow_up) FROM crm_call_summaries"));
    }
}

/// <summary>On a file of its own.</summary>
public sealed class SqliteCrmCustomerTests() : CrmCustomerTests(EmptyDatabase.Sqlite());

/// <summary>On a real server.</summary>
[Trait("Category", "Peer")]
public sealed class PostgreSqlCrmCustomerTests(PostgreSqlServer server) : CrmCustomerTests(EmptyDatabase.PostgreSql(server));
