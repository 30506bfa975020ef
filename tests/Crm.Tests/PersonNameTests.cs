namespace Crm.Tests;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("Jonas Müller", "Jonas Müller", true)]
    [InlineData("jonas mueller", "Jonas Müller", true)]
    [InlineData("MULLER, Jonas", "Jonas Müller", true)]
    [InlineData("Herr Müller", "Jonas Mu\u0308ller", true)]   // the accent as a character of its own
    [InlineData("O'Neill", "Mary ONeill", true)]
    [InlineData("Meyer-Schmidt", "Eva Meyer Schmidt", true)]
    [InlineData("Łukasz Ćwik", "Lukasz Cwik", true)]
    [InlineData("Jonas", "Jonas Müller", false)]
    [InlineData("Peter Müller", "Jonas Müller", false)]
    [InlineData("", "Jonas Müller", false)]
    [InlineData("Mr", "Jonas Müller", false)]
    [InlineData("x", "", false)]
    public void Name_matches_when_the_family_name_is_said_and_nothing_contradicts(string given, string onFile, bool expected) =>
        Assert.Equal(expected, PersonName.Matches(given, onFile));
}
