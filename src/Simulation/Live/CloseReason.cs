using System.Text;

namespace Simulation.Live;

/// <summary>A WebSocket close as the service sends it: code and reason, at most 123 bytes of it (RFC 6455 section 5.5).</summary>
/// <param name="Code">Close code; 1007, 1008 and 1011 each stand for several faults.</param>
/// <param name="Reason">Text in full; it is cut when it is sent.</param>
internal sealed record CloseReason(int Code, string Reason)
{
    private const int MaxReasonBytes = 123;

    public static CloseReason Invalid(string reason) => new(1007, reason);

    public static CloseReason NotFound { get; } = new(1008, "Requested entity was not found.");

    public static CloseReason Aborted { get; } = new(1008, "The operation was aborted.");

    public static CloseReason DeadlineExpired { get; } = new(1011, "Deadline expired before operation could complete.");

    public static CloseReason TooBig { get; } = new(1009, "Message is too big.");

    public static CloseReason StillOpen { get; } = new(1011, "The session is still in use by another connection.");

    public static CloseReason InvalidKey { get; } = Invalid("API key not valid. Please pass a valid API key.");

    public static CloseReason TokenExpired { get; } = new(1008, "Token has expired.");

    public static CloseReason TokenTooLate { get; } = new(1008, "Token has expired: no new session may be started with it.");

    public static CloseReason TokenUsedUp { get; } = new(1008, "Token has been used too many times.");

    public static CloseReason EarlyInput { get; } = Invalid("Request contains an invalid argument: realtime input before the initial history is complete.");

    public static CloseReason NotImplemented { get; } = new(1008, "Operation is not implemented, or supported, or enabled.");

    public static CloseReason InvalidArgument { get; } = Invalid("Request contains an invalid argument.");

    /// <summary>The reason as it goes on the wire.</summary>
    public string Cut
    {
        get
        {
            var bytes = Encoding.UTF8.GetBytes(Reason);
            var length = Math.Min(bytes.Length, MaxReasonBytes);
            while (length > 0 && length < bytes.Length && (bytes[length] & 0xC0) == 0x80)
                length--;
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
    }
}
