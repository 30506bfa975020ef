using System.ComponentModel.DataAnnotations;
using System.Net;
using Support;
using VoiceAgent.Hosting;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Tests.WebConsole;

/// <summary>Who gets into the console: passwords, tries, tokens, and how long it lasts.</summary>
public sealed class SignInTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_password_matches_its_own_hash_only_and_each_hash_has_a_salt_of_its_own()
    {
        var hash = PasswordHash.Of("correct horse battery");
        Assert.True(PasswordHash.Matches("correct horse battery", hash));
        Assert.False(PasswordHash.Matches("correct horse batterz", hash));
        Assert.False(PasswordHash.Matches("correct horse battery", hash: null));
        Assert.NotEqual(hash, PasswordHash.Of("correct horse battery"));
        Assert.False(PasswordHash.Matches(new string('x', PasswordHash.MaxPasswordCharacters + 1), hash));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("pbkdf2-sha512.1000.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha512.210000.AAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha512.2100000000.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("md5.210000.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_strong_hash_is_told_at_the_start(string hash)
    {
        var options = new ConsoleOptions { Users = { ["anna"] = new ConsoleUser { PasswordHash = hash } } };
        var fault = Assert.Single(options.Validate(new ValidationContext(options)));
        Assert.Contains("voiceagent console hash", fault.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void After_five_failures_a_source_waits_and_others_do_not()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < SignInTries.MostBySource; i++)
            Assert.True(tries.TryBegin(Home, "anna"));
        Assert.False(tries.TryBegin(Home, "bert"));
        Assert.True(tries.TryBegin(IPAddress.Parse("192.0.2.2"), "anna"));
        _time.Advance(SignInTries.Window);
        Assert.True(tries.TryBegin(Home, "anna"));
    }

    [Fact]
    public void A_user_who_is_guessed_at_from_many_sources_is_shut_for_a_while()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < SignInTries.MostByUser; i++)
            Assert.True(tries.TryBegin(IPAddress.Parse($"192.0.2.{i}"), "anna"));
        Assert.False(tries.TryBegin(IPAddress.Parse("198.51.100.1"), "ANNA"));
    }

    [Fact]
    public void One_subscriber_of_IPv6_is_one_source_and_success_forgets_the_failures()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < SignInTries.MostBySource; i++)
            Assert.True(tries.TryBegin(IPAddress.Parse($"2001:db8::{i + 1}"), $"user{i}"));
        Assert.False(tries.TryBegin(IPAddress.Parse("2001:db8::ffff"), "anna"));
        Assert.True(tries.TryBegin(IPAddress.Parse("2001:db8:0:1::1"), "anna"));
        tries.Succeeded(IPAddress.Parse("2001:db8::1"), "user0");
        Assert.True(tries.TryBegin(IPAddress.Parse("2001:db8::ffff"), "anna"));
    }

    [Fact]
    public void Invented_names_from_many_sources_neither_fill_the_memory_nor_open_a_user_who_is_shut()
    {
        var tries = new SignInTries(_time);
        for (var i = 0; i < SignInTries.MostByUser; i++)
            tries.TryBegin(IPAddress.Parse($"192.0.2.{i}"), "anna");
        for (var i = 0; i < 3 * SignInTries.MostSources; i++)
            tries.TryBegin(new IPAddress(0x0A000000L + i), $"user{i}");
        Assert.Equal(SignInTries.MostSources, tries.Sources);
        Assert.False(tries.TryBegin(Home, "anna"));
    }

    [Fact]
    public void A_session_slides_with_use_and_ends_after_half_an_hour_without_and_after_twelve_hours_with()
    {
        var sessions = new ConsoleSessions(new ConsoleOptions(), _time);
        var secret = sessions.Open("anna", ConsoleRole.Operator);
        var session = sessions.Find(secret)!;
        Assert.Equal(("anna", ConsoleRole.Operator), (session.User, session.Role));
        Assert.DoesNotContain(secret, session.Id, StringComparison.Ordinal);
        for (var minutes = 0; minutes < 12 * 60 - 20; minutes += 20)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            Assert.NotNull(sessions.Find(secret));
        }
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(sessions.Find(secret));

        var other = sessions.Open("bert", ConsoleRole.Viewer);
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(sessions.IsOpen(sessions.Find(other)!));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(sessions.Find(other));
    }

    [Fact]
    public void A_session_that_only_looks_on_does_not_slide_and_signing_out_ends_it()
    {
        var sessions = new ConsoleSessions(new ConsoleOptions(), _time);
        var secret = sessions.Open("anna", ConsoleRole.Viewer);
        var session = sessions.Find(secret)!;
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.True(sessions.IsOpen(session));
        Assert.Equal(session, sessions.Find(secret, isTouch: false));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(sessions.IsOpen(session));

        var other = sessions.Open("anna", ConsoleRole.Viewer);
        sessions.Close(sessions.Find(other)!);
        Assert.Null(sessions.Find(other));
    }

    [Fact]
    public void A_further_session_signs_out_the_one_that_was_quiet_the_longest()
    {
        var sessions = new ConsoleSessions(new ConsoleOptions(), _time);
        var all = Enumerable.Range(0, ConsoleSessions.MaxSessions).Select(_ =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return sessions.Open("anna", ConsoleRole.Viewer);
        }).ToList();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotNull(sessions.Find(all[0]));
        sessions.Open("bert", ConsoleRole.Viewer);
        Assert.NotNull(sessions.Find(all[0]));
        Assert.Null(sessions.Find(all[1]));
    }

    [Fact]
    public void A_token_opens_once_and_the_next_one_is_announced()
    {
        var token = new OneTimeToken();
        var announced = new List<string>();
        token.Announce(announced.Add);
        Assert.False(token.TryUse("guess"));
        Assert.True(token.TryUse(announced[0]));
        Assert.False(token.TryUse(announced[0]));
        Assert.Equal(2, announced.Count);
        Assert.True(token.TryUse(announced[1]));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", false, true)]
    [InlineData("http://[::1]:8080", false, true)]
    [InlineData("http://localhost:8080", false, true)]
    [InlineData("http://0.0.0.0:8080", false, false)]
    [InlineData("http://192.0.2.1:8080", false, false)]
    [InlineData("http://0.0.0.0:8080", true, true)]
    public void Without_users_there_is_a_console_on_this_machine_alone(string listen, bool hasUsers, bool isOn)
    {
        var console = new ConsoleOptions();
        if (hasUsers)
            console.Users["anna"] = new ConsoleUser();
        Assert.Equal(isOn, ConsoleSetup.IsOn(console, new HttpOptions { Listen = listen }));
        Assert.False(ConsoleSetup.IsOn(new ConsoleOptions { Enabled = false }, new HttpOptions { Listen = listen }));
    }
}
