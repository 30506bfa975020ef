using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

/// <summary>RFC 4475 as far as the parser decides it; what a user agent makes of the rest is tested on the assembled user agent.</summary>
public sealed class SipParserTortureTests
{
    private const int Parses = 0;

    /// <summary>File, what the parser says (0 or a status code), and whether a failure can be answered.</summary>
    public static TheoryData<string, int, bool> Outcomes => new()
    {
        { "wsinv", Parses, false }, { "intmeth", Parses, false }, { "esc01", Parses, false }, { "escnull", Parses, false },
        { "esc02", Parses, false }, { "lwsdisp", Parses, false }, { "longreq", Parses, false }, { "dblreq", Parses, false },
        { "semiuri", Parses, false }, { "transports", Parses, false }, { "mpart01", Parses, false }, { "unreason", Parses, false },
        { "noreason", Parses, false },
        { "badinv01", 400, true }, { "clerr", 400, true }, { "ncl", 400, true }, { "scalar02", 400, true },
        { "scalarlg", 400, false },     // a response: dropped
        { "quotbal", 400, true }, { "ltgtruri", 400, true }, { "lwsruri", 400, true }, { "lwsstart", 400, true },
        { "trws", 400, true }, { "escruri", 400, true },
        { "baddate", Parses, false },   // nobody here reads Date
        { "regbadct", 400, true }, { "badaspec", 400, true }, { "baddn", 400, true }, { "badvers", 505, true },
        { "mismatch01", 400, true }, { "mismatch02", 400, true },
        { "bigcode", 400, false },      // a response: dropped
        { "badbranch", Parses, false },
        { "insuf", 400, true },
        { "unkscm", Parses, false }, { "novelsc", Parses, false }, { "unksm2", Parses, false },      // the user agent answers 416
        { "bext01", Parses, false }, { "invut", Parses, false }, { "regaut01", Parses, false },
        { "multi01", 400, true }, { "mcl01", 400, true },
        { "bcast", Parses, false }, { "zeromf", Parses, false }, { "cparam01", Parses, false }, { "cparam02", Parses, false },
        { "regescrt", Parses, false }, { "sdp01", Parses, false }, { "inv2543", Parses, false },
        { "test", 400, false },         // no Via to answer by
    };

    [Theory, MemberData(nameof(Outcomes))]
    public void Message_parses_or_fails_as_written_down(string name, int outcome, bool isAnswerable)
    {
        var result = SipParser.Parse(TortureFiles.Read(name));

        Assert.Equal(outcome, result.Failure?.StatusCode ?? Parses);
        Assert.Equal(outcome == Parses, result.Message is not null);
        Assert.Equal(isAnswerable, result.Failure?.Answerable is not null);
    }

    [Theory, MemberData(nameof(Outcomes))]
    public void Outcome_is_one_that_the_expectations_accept(string name, int outcome, bool isAnswerable)
    {
        var expected = Assert.Single(TortureFiles.Cases, c => c.Name == name);

        if (outcome == Parses)
            return;   // left to the user agent
        Assert.NotEqual("req", expected.Kind);
        if (expected.Kind == "rsp")
            Assert.False(isAnswerable);
        else if (isAnswerable)
            Assert.Contains(outcome.ToString(), expected.Accepted);
        else
            Assert.True(expected.MayBeSilent);
    }

    [Fact]
    public void Every_file_has_an_outcome_and_an_expectation()
    {
        Assert.Equal(50, TortureFiles.Names.Length);
        Assert.Equal(TortureFiles.Names, TortureFiles.Cases.Select(c => c.Name).Order());
        Assert.Equal(TortureFiles.Names, Outcomes.Select(row => row.Data.Item1).Order());
    }

    [Theory, MemberData(nameof(Outcomes))]
    public void Whatever_parses_is_written_and_parsed_back_the_same(string name, int outcome, bool isAnswerable)
    {
        _ = isAnswerable;
        if (outcome != Parses)
            return;
        var message = MessageText.Parse(TortureFiles.Read(name));

        MessageText.AssertSame(message, MessageText.Parse(MessageText.Write(message)));
    }

    [Fact]
    public void Folds_compact_names_and_odd_spaces_of_wsinv_are_read()
    {
        var invite = Request("wsinv");

        Assert.Equal("sip:vivekg@chair-dnrc.example.com;unknownparam", invite.RequestUri.ToString());
        Assert.Equal("1918181833n", invite.To.Tag);
        Assert.Equal("98asjd8", invite.From.Tag);
        Assert.Equal("J Rosenberg \\\"", invite.From.DisplayName);
        Assert.Equal(68, invite.MaxForwards);
        Assert.Equal(new CSeq(9, "INVITE"), invite.CSeq);
        Assert.Equal(["192.0.2.2", "spindle.example.com", "192.168.255.111"], invite.Vias.Select(via => via.Host));
        Assert.Equal(["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"], invite.Vias.Select(via => via.Branch));
        Assert.Equal("", invite.Headers.GetFirst(HeaderNames.Subject));
        Assert.Equal("newfangled value continued newfangled value", invite.Headers.GetFirst("NewFangledHeader"));
        Assert.Equal(";;,,;;,;", invite.Headers.GetFirst("unknownheaderwithunusualvalue"));
        Assert.Equal("Quoted string \"\"", invite.Contact!.DisplayName);
        Assert.Equal("newvalue", invite.Contact.Parameters.Get("newparam"));
        Assert.Equal("0.33", invite.Contact.Parameters.Get("q"));
        Assert.Equal(150, invite.Body.Length);
    }

    [Fact]
    public void Every_legal_odd_character_of_intmeth_survives()
    {
        var request = Request("intmeth");

        Assert.Equal("!interesting-Method0123456789_*+`.%indeed'~", request.Method);
        Assert.Equal("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", request.RequestUri.User);
        Assert.Equal("example.com", request.RequestUri.Host);
        Assert.Equal("BEL:\a NUL:\0 DEL:\u007f", request.To.DisplayName);
        Assert.Equal("token1~` token2'+_ token3*%!.-", request.From.DisplayName);
        Assert.Equal("работающий", request.From.Parameters.Get("fromParam''~+*_!.-%"));
        Assert.Equal("_token~1'+`*%!-.", request.From.Tag);
        Assert.Equal("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{", request.CallId);
        Assert.Equal("\ufeff大停電", request.Headers.GetFirst("extensionHeader-!.%*+_`'~"));
    }

    [Fact]
    public void Escapes_of_esc01_and_escnull_are_undone_for_people_only()
    {
        Assert.Equal("sips:user@example.com", Request("esc01").RequestUri.User);
        Assert.Equal("sip:sips%3Auser%40example.com@example.net", Request("esc01").RequestUri.ToString());
        Assert.Equal("value%41", Request("esc01").Contact!.Uri.GetParameter("name"));
        Assert.Equal("", Request("esc01").Contact!.Uri.GetParameter("lr"));
        Assert.Equal("null-\0-null", Request("escnull").To.Uri.User);
        Assert.Equal(["<sip:%00@host5.example.com>", "<sip:%00%00@host5.example.com>"], Request("escnull").Headers.GetValues("Contact"));
    }

    [Fact]
    public void Escaped_names_of_esc02_are_not_taken_for_what_they_spell()
    {
        Assert.Equal("RE%47IST%45R", Request("esc02").Method);
        Assert.Equal(2, Request("esc02").Headers.GetValues(HeaderNames.Contact).Count);
        Assert.Equal("<sip:alias2@host2.example.com>", Request("esc02").Headers.GetFirst("C%6Fntact"));
    }

    [Fact]
    public void Parameter_belongs_to_the_header_without_brackets_and_to_the_uri_within()
    {
        var outside = Request("cparam01").Contact!;
        var inside = Request("cparam02").Contact!;

        Assert.True(outside.Parameters.Contains("unknownparam"));
        Assert.True(outside.Uri.Parameters.IsEmpty);
        Assert.True(inside.Parameters.IsEmpty);
        Assert.True(inside.Uri.Parameters.Contains("unknownparam"));
    }

    [Fact]
    public void Second_request_of_dblreq_is_ignored_and_binary_body_of_mpart01_is_exact()
    {
        var file = TortureFiles.Read("mpart01");

        Assert.Equal(0, Request("dblreq").Body.Length);
        Assert.Equal(file[^553..], Request("mpart01").Body.ToArray());
    }

    [Fact]
    public void All_vias_of_longreq_and_transports_are_read()
    {
        Assert.Equal(34, Request("longreq").Vias.Count);
        Assert.Equal(["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"], Request("transports").Vias.Select(via => via.Transport));
    }

    [Fact]
    public void Unknown_schemes_are_kept_for_the_user_agent_to_refuse()
    {
        Assert.Equal("nobodyknowsthisscheme", Request("unkscm").RequestUri.Scheme);
        Assert.Equal("//192.0.2.103:3002", Request("novelsc").RequestUri.Opaque);
        Assert.False(Request("unksm2").To.Uri.IsSip);
    }

    [Fact]
    public void Reason_phrase_may_be_utf8_or_empty()
    {
        Assert.Equal("= 2**3 * 5**2 но сто девяносто девять - простое", Response("unreason").ReasonPhrase);
        Assert.Equal("", Response("noreason").ReasonPhrase);
    }

    [Theory]
    [InlineData("quotbal", "\"Mr. J. User <sip:j.user@example.com>")]
    [InlineData("scalar02", "<sip:user@example.com>;tag=t1")]
    public void Answer_to_a_bad_message_copies_what_could_not_be_read(string name, string to)
    {
        var request = SipParser.Parse(TortureFiles.Read(name)).Failure!.Answerable!;

        var response = SipResponse.For(request, 400, toTag: "t1");

        Assert.Equal(to, response.Headers.GetFirst(HeaderNames.To));
        Assert.Equal(request.Headers.GetFirst(HeaderNames.CSeq), response.Headers.GetFirst(HeaderNames.CSeq));
    }

    [Fact]
    public void Via_of_badinv01_is_cut_down_to_what_can_be_answered_by()
    {
        var request = SipParser.Parse(TortureFiles.Read("badinv01")).Failure!.Answerable!;

        Assert.Equal("SIP/2.0/UDP 192.0.2.15", request.Headers.GetFirst(HeaderNames.Via));
    }

    private static SipRequest Request(string name) => Assert.IsType<SipRequest>(MessageText.Parse(TortureFiles.Read(name)));

    private static SipResponse Response(string name) => Assert.IsType<SipResponse>(MessageText.Parse(TortureFiles.Read(name)));
}
