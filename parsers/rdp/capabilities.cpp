#include "parsers/bytes/terminated.hpp"
#include "parsers/rdp/share.hpp"

namespace rdpdx::rdp {
namespace {

using bytes::Cursor;

// A count beyond what is there ends with the bytes: every set takes at least its four.
void capability_sets(Cursor& in, ActivePdu& out) {
    constexpr std::uint16_t kHeader = 4;
    for (unsigned i = 0; i < out.numberCapabilities && !in.error(); ++i) {
        CapabilitySet set;
        const auto at = in.position();
        set.capabilitySetType = in.u16le("capabilitySetType");
        set.lengthCapability = in.u16le("lengthCapability");
        if (in.error()) return;
        if (set.lengthCapability < kHeader) {
            in.fail({bytes::Problem::bad_value, "lengthCapability", at + 2, 0, 0});
            return;
        }
        in.skip(set.lengthCapability - std::size_t{kHeader}, "capabilityData");
        if (!in.error()) out.capabilitySets.push_back(set);
    }
}

void combined_capabilities(Cursor& in, ActivePdu& out) {
    const std::uint16_t descriptor = in.u16le("lengthSourceDescriptor");
    in.u16le("lengthCombinedCapabilities");
    out.sourceDescriptor = bytes::text_until_zero(in.take(descriptor, "sourceDescriptor"));
    out.numberCapabilities = in.u16le("numberCapabilities");
    in.u16le("pad2Octets");
    capability_sets(in, out);
}

}  // namespace

bytes::Parsed<ActivePdu> parse_demand_active(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    ActivePdu out;
    out.shareId = in.u32le("shareId");
    combined_capabilities(in, out);
    // Some servers leave it out.
    if (in.remaining() > 0) out.sessionId = in.u32le("sessionId");
    if (in.error()) return *in.error();
    return out;
}

bytes::Parsed<ActivePdu> parse_confirm_active(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    ActivePdu out;
    out.shareId = in.u32le("shareId");
    out.originatorId = in.u16le("originatorId");
    combined_capabilities(in, out);
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
