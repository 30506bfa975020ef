using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Support;

namespace Storage.Tests;

/// <summary>A server that cannot be reached is a failure of the database that may pass.</summary>
public sealed class DatabaseReachTests
{
    [Fact]
    public async Task Server_whose_name_is_unknown_is_a_failure_that_may_pass()
    {
        var failure = await FailureAsync("Host=no-such-host.invalid;Database=d;Username=u;Timeout=1");

        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task Server_that_refuses_connections_is_a_failure_that_may_pass()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var failure = await FailureAsync($"Host=127.0.0.1;Port={port};Database=d;Username=u;Timeout=1");

        Assert.True(failure.IsTransient);
    }

    private static async Task<DbException> FailureAsync(string connectionString)
    {
        await using var database = new Database(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = connectionString }, new ManualTimeProvider());
        return await Assert.ThrowsAnyAsync<DbException>(async () => await database.OpenAsync(TestContext.Current.CancellationToken));
    }
}
