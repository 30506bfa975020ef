using Microsoft.Win32.SafeHandles;

namespace Telephony.Media.Linux;

/// <summary>Owns one file descriptor of the media thread and closes it.</summary>
internal sealed class DescriptorHandle() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close(handle) == 0;
}
