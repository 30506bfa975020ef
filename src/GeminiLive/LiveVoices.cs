namespace GeminiLive;

/// <summary>The prebuilt voices a session may ask for; names are case-sensitive on the wire.</summary>
public static class LiveVoices
{
    /// <summary>Their names, exactly as the service writes them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda", "Orus", "Aoede", "Callirrhoe", "Autonoe", "Enceladus", "Iapetus",
        "Umbriel", "Algieba", "Despina", "Erinome", "Algenib", "Rasalgethi", "Laomedeia", "Achernar", "Alnilam", "Schedar", "Gacrux",
        "Pulcherrima", "Achird", "Zubenelgenubi", "Vindemiatrix", "Sadachbia", "Sadaltager", "Sulafat",
    ];
}
