namespace Storage.Tests;

/// <summary>Whose open entries may be concluded by others: nobody's who may still be there.</summary>
public sealed class ProcessMarkTests
{
    [Fact]
    public void This_process_is_alive_and_here()
    {
        var mark = $"{ProcessMark.Own} 1";
        Assert.Equal((true, false, false), (ProcessMark.IsAlive(mark), ProcessMark.IsElsewhere(mark), ProcessMark.IsGoneHere(mark)));
    }

    [Fact]
    public void The_same_id_started_at_another_time_is_gone()
    {
        var mark = Changed(1);
        Assert.Equal((false, false, true), (ProcessMark.IsAlive(mark), ProcessMark.IsElsewhere(mark), ProcessMark.IsGoneHere(mark)));
    }

    [Fact]
    public void Of_another_machine_nobody_here_knows() =>
        Assert.Equal((false, true, false), (ProcessMark.IsAlive(Changed(3)), ProcessMark.IsElsewhere(Changed(3)), ProcessMark.IsGoneHere(Changed(3))));

    // Two containers of one machine that use its network have its name, and see nothing of each other's processes.
    [Fact]
    public void Of_another_container_of_this_machine_nobody_is_sure() =>
        Assert.Equal((false, false), (ProcessMark.IsElsewhere(Changed(4)), ProcessMark.IsGoneHere(Changed(4))));

    [Fact]
    public void A_mark_as_they_were_written_before_is_of_this_machine() =>
        Assert.Equal((false, false, false), (ProcessMark.IsAlive("1 1 boot 1"), ProcessMark.IsElsewhere("1 1 boot 1"), ProcessMark.IsGoneHere("1 1 boot 1")));

    private static string Changed(int word)
    {
        var words = ProcessMark.Own.Split(' ');
        words[word] += "9";
        return string.Join(' ', words) + " 1";
    }
}
