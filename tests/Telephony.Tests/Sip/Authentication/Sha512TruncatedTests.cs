using System.Text;
using Telephony.Sip.Authentication;

namespace Telephony.Tests.Sip.Authentication;

public sealed class Sha512TruncatedTests
{
    [Fact]
    public void Empty_text_has_the_published_hash() =>
        Assert.Equal("c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a", Hash(""));

    // The example of FIPS 180-4's companion "SHA512_256.pdf", one block.
    [Fact]
    public void Example_of_one_block() => Assert.Equal("53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23", Hash("abc"));

    // The same document's example of two blocks.
    [Fact]
    public void Example_of_two_blocks() => Assert.Equal(
        "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a",
        Hash("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"));

    // Around the places where padding needs another block; hashes from OpenSSL.
    [Theory]
    [InlineData(111, "0239e429f98d0ed61ee8e2a7c30afe98c1c3a80ce5dff62a107e9c538f7632ce")]
    [InlineData(112, "9216b5303edb66504570bee90e48ea5beaa5e9fe9f760bbd3e0460559fc005f6")]
    [InlineData(127, "2fe3b2a6ee7e12f6fe4ba82166541ad9b4ed882c493581cbe300d68f3757b778")]
    [InlineData(128, "b88f97e274f9c1d49f181c8cbd01a9c74930ad055a46ac4499a1d601f1c80bf2")]
    [InlineData(129, "fb9035c9009ed4a60e37510339ebdb1c771339f30aa581d5dea3690a524c23f1")]
    [InlineData(239, "78d0a1b37aaad84c89fff13cbe3cd3d1025bcdb648268f9102b7e7032bea7d2a")]
    [InlineData(240, "d48a4d53397b38ab4e771d781c98ac6b86712dff2a664cfd1f27c7ca40f8ce37")]
    [InlineData(256, "d43f85191c3058fd3b2383077f8e1aa800aae7fdf6eb829440fa45f189562c07")]
    public void Lengths_around_a_block(int length, string expected) => Assert.Equal(expected, Hash(new string('a', length)));

    private static string Hash(string text) => Convert.ToHexStringLower(Sha512Truncated.HashData(Encoding.UTF8.GetBytes(text)));
}
