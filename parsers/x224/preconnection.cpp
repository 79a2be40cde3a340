// The PDU by which a client names its target (a virtual machine, a session) before it connects.
#include "parsers/bytes/text.hpp"
#include "parsers/x224/x224.hpp"

namespace rdpdx::x224 {
namespace {
constexpr std::uint32_t kV1Size = 16;
// [MS-RDPEPS] 2.2.1.2: the fixed part, cchPCB, and at most 65,535 characters.
constexpr std::uint32_t kLargest = kV1Size + 2 + 2 * 0xFFFF;
}  // namespace

bytes::Parsed<PreConnectionPdu> parse_preconnection_pdu(bytes::Cursor& in) {
    PreConnectionPdu pdu;
    const auto at = in.position();
    pdu.cbSize = in.u32le("cbSize");
    pdu.Flags = in.u32le("Flags");
    pdu.Version = in.u32le("Version");
    pdu.Id = in.u32le("Id");
    if (!in.error() && (pdu.cbSize < kV1Size || pdu.cbSize > kLargest))
        in.fail({bytes::Problem::bad_value, "cbSize", at, kV1Size, pdu.cbSize});
    if (in.error()) return *in.error();

    // What follows Id lies within cbSize, whatever a later version may put there.
    const auto rest_at = in.position();
    bytes::Cursor rest{in.take(pdu.cbSize - kV1Size, "wszPCB"), rest_at};
    if (in.error()) return *in.error();
    if (pdu.Version == 2) {
        const std::size_t characters = rest.u16le("cchPCB");
        std::string text = bytes::utf16le_to_utf8(rest.take(characters * 2, "wszPCB"));
        if (rest.error()) return *rest.error();
        while (!text.empty() && text.back() == '\0') text.pop_back();  // the terminator counts as a character
        pdu.wszPCB = std::move(text);
    }
    return pdu;
}

}  // namespace rdpdx::x224
