using Telephony.StateMachines;

namespace Telephony.Tests.StateMachines;

public enum DoorState { Closed, Locked, Open, Ajar, Wide, Broken }

public enum DoorTrigger { Push, Pull, Lock, Unlock, Knock, Kick, Slam }

/// <summary>A door with a key: Ajar and Wide lie in Open. Records what its actions do.</summary>
internal sealed class Door
{
    public static readonly StateTable<DoorState, DoorTrigger, Door> Table = Build();

    public List<string> Done { get; } = [];

    public bool HasKey { get; set; }

    public Action<StateMachine<DoorState, DoorTrigger, Door>>? OnAjar { get; set; }

    public StateMachine<DoorState, DoorTrigger, Door>? Machine { get; set; }

    private static StateTable<DoorState, DoorTrigger, Door> Build()
    {
        var table = new StateTableBuilder<DoorState, DoorTrigger, Door>(DoorState.Closed);
        table.In(DoorState.Closed)
            .OnEntry(door => door.Done.Add("+Closed"))
            .OnExit(door => door.Done.Add("-Closed"))
            .On(DoorTrigger.Push, DoorState.Ajar)
            .On(DoorTrigger.Lock, DoorState.Locked, when: door => door.HasKey)
            .On(DoorTrigger.Slam, DoorState.Closed)
            .Internal(DoorTrigger.Knock, (door, move) => door.Done.Add($"knock {move.ArgumentAs<int>()}"))
            .Ignore(DoorTrigger.Pull, DoorTrigger.Unlock);
        table.In(DoorState.Locked)
            .On(DoorTrigger.Unlock, DoorState.Closed, when: door => door.HasKey)
            .On(DoorTrigger.Kick, DoorState.Broken)
            .Ignore(DoorTrigger.Unlock);
        table.In(DoorState.Open)
            .OnEntry(door => door.Done.Add("+Open"))
            .OnExit(door => door.Done.Add("-Open"))
            .On(DoorTrigger.Slam, DoorState.Closed)
            .On(DoorTrigger.Kick, DoorState.Broken);
        table.In(DoorState.Ajar).SubstateOf(DoorState.Open)
            .OnEntry(door =>
            {
                door.Done.Add("+Ajar");
                door.OnAjar?.Invoke(door.Machine!);
            })
            .OnExit(door => door.Done.Add("-Ajar"))
            .On(DoorTrigger.Push, DoorState.Wide)
            .On(DoorTrigger.Knock, DoorState.Open);
        table.In(DoorState.Wide).SubstateOf(DoorState.Open)
            .OnEntry(door => door.Done.Add("+Wide"))
            .OnExit(door => door.Done.Add("-Wide"))
            .On(DoorTrigger.Pull, DoorState.Ajar);
        return table.Build();
    }
}
