using Support;

namespace Storage.Tests;

public sealed class DatabaseOptionsTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite, "", "names no file")]
    [InlineData(DatabaseProvider.Sqlite, "Data Source=:memory:", "keeps everything in memory")]
    [InlineData(DatabaseProvider.Sqlite, "Data Source=x;Mode=Memory", "keeps everything in memory")]
    [InlineData(DatabaseProvider.Sqlite, "Host=db;Password=geheim", "is not a connection string for SQLite")]
    [InlineData(DatabaseProvider.PostgreSql, "Data Source=geheim.db;Colour=red", "is not a connection string for PostgreSQL")]
    [InlineData(DatabaseProvider.PostgreSql, "Username=me", "names no server")]
    public void Connection_string_that_cannot_work_is_refused_in_words_and_not_repeated(DatabaseProvider provider, string text, string expected)
    {
        var options = new DatabaseOptions { Provider = provider, ConnectionString = text };

        var failure = Assert.Single(new DatabaseOptionsValidator().Validate(null, options).Failures!);
        Assert.StartsWith($"Database:ConnectionString {expected}", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", failure, StringComparison.Ordinal);
        Assert.Throws<DatabaseException>(() => new Database(options, new ManualTimeProvider()));
    }

    [Fact]
    public void Defaults_and_a_server_are_fine()
    {
        Assert.True(new DatabaseOptionsValidator().Validate(null, new DatabaseOptions()).Succeeded);
        Assert.Null(DatabaseOptions.ConnectionFault(DatabaseProvider.PostgreSql, "Host=db.example;Username=va;Password=x;Database=va"));
    }

    [Fact]
    public void Place_of_a_server_holds_no_secret()
    {
        using var database = new Database(
            new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = "Host=db.example;Username=va;Password=geheim;Database=shop" }, new ManualTimeProvider());

        Assert.Equal("db.example:5432/shop", database.Place);
    }

    [Fact]
    public void Days_to_keep_have_a_range() =>
        Assert.Contains("RetentionDays = '0'", Assert.Single(new DatabaseOptionsValidator().Validate(null, new DatabaseOptions { RetentionDays = 0 }).Failures!), StringComparison.Ordinal);
}
