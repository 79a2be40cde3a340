#include "parsers/mcs/gcc_blocks.hpp"

#include <algorithm>
#include <array>

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::mcs {
namespace {

using bytes::Cursor;

struct TypeName {
    std::uint16_t type;
    std::string_view name;
};
// [MS-RDPBCGR] 2.2.1.3.1, type. Sorted by type.
constexpr std::array kTypes{
    TypeName{0x0C01, "SC_CORE"},
    TypeName{0x0C02, "SC_SECURITY"},
    TypeName{0x0C03, "SC_NET"},
    TypeName{0x0C04, "SC_MCS_MSGCHANNEL"},
    TypeName{0x0C08, "SC_MULTITRANSPORT"},
    TypeName{0xC001, "CS_CORE"},
    TypeName{0xC002, "CS_SECURITY"},
    TypeName{0xC003, "CS_NET"},
    TypeName{0xC004, "CS_CLUSTER"},
    TypeName{0xC005, "CS_MONITOR"},
    TypeName{0xC006, "CS_MCS_MSGCHANNEL"},
    TypeName{0xC008, "CS_MONITOR_EX"},
    TypeName{0xC00A, "CS_MULTITRANSPORT"},
};
static_assert(std::ranges::adjacent_find(kTypes, std::ranges::greater_equal{}, &TypeName::type) == kTypes.end());

// Nothing follows the last field that a client knew; a field that is begun must be whole.
std::optional<std::uint16_t> later_u16(Cursor& in, std::string_view field) {
    if (in.remaining() == 0) return {};
    const auto value = in.u16le(field);
    return in.error() ? std::nullopt : std::optional{value};
}
std::optional<std::uint32_t> later_u32(Cursor& in, std::string_view field) {
    if (in.remaining() == 0) return {};
    const auto value = in.u32le(field);
    return in.error() ? std::nullopt : std::optional{value};
}

CsCore cs_core(Cursor& in) {
    CsCore out;
    out.version = in.u32le("version");
    out.desktopWidth = in.u16le("desktopWidth");
    out.desktopHeight = in.u16le("desktopHeight");
    out.colorDepth = in.u16le("colorDepth");
    out.sasSequence = in.u16le("SASSequence");
    out.keyboardLayout = in.u32le("keyboardLayout");
    out.clientBuild = in.u32le("clientBuild");
    out.clientName = bytes::utf16le_until_zero(in.take(32, "clientName"));
    out.keyboardType = in.u32le("keyboardType");
    out.keyboardSubType = in.u32le("keyboardSubType");
    out.keyboardFunctionKey = in.u32le("keyboardFunctionKey");
    in.skip(64, "imeFileName");
    out.postBeta2ColorDepth = later_u16(in, "postBeta2ColorDepth");
    out.clientProductId = later_u16(in, "clientProductId");
    out.serialNumber = later_u32(in, "serialNumber");
    out.highColorDepth = later_u16(in, "highColorDepth");
    out.supportedColorDepths = later_u16(in, "supportedColorDepths");
    out.earlyCapabilityFlags = later_u16(in, "earlyCapabilityFlags");
    if (in.remaining() > 0) out.clientDigProductId = bytes::utf16le_until_zero(in.take(64, "clientDigProductId"));
    if (in.remaining() > 0) {
        out.connectionType = in.u8("connectionType");
        in.u8("pad1octet");
    }
    out.serverSelectedProtocol = later_u32(in, "serverSelectedProtocol");
    out.desktopPhysicalWidth = later_u32(in, "desktopPhysicalWidth");
    out.desktopPhysicalHeight = later_u32(in, "desktopPhysicalHeight");
    out.desktopOrientation = later_u16(in, "desktopOrientation");
    out.desktopScaleFactor = later_u32(in, "desktopScaleFactor");
    out.deviceScaleFactor = later_u32(in, "deviceScaleFactor");
    return out;
}

CsSecurity cs_security(Cursor& in) {
    CsSecurity out;
    out.encryptionMethods = in.u32le("encryptionMethods");
    out.extEncryptionMethods = in.u32le("extEncryptionMethods");
    return out;
}

// A count beyond the block ends with the bytes: every round takes some.
CsNet cs_net(Cursor& in) {
    CsNet out;
    out.channelCount = in.u32le("channelCount");
    for (std::uint32_t i = 0; i < out.channelCount && !in.error(); ++i) {
        ChannelDef channel;
        channel.name = bytes::text_until_zero(in.take(8, "name"));
        channel.options = in.u32le("options");
        if (!in.error()) out.channelDefArray.push_back(std::move(channel));
    }
    return out;
}

CsCluster cs_cluster(Cursor& in) {
    CsCluster out;
    out.flags = in.u32le("Flags");
    out.redirectedSessionId = in.u32le("RedirectedSessionID");
    return out;
}

CsMonitor cs_monitor(Cursor& in) {
    CsMonitor out;
    out.flags = in.u32le("flags");
    out.monitorCount = in.u32le("monitorCount");
    for (std::uint32_t i = 0; i < out.monitorCount && !in.error(); ++i) {
        MonitorDef monitor;
        monitor.left = static_cast<std::int32_t>(in.u32le("left"));
        monitor.top = static_cast<std::int32_t>(in.u32le("top"));
        monitor.right = static_cast<std::int32_t>(in.u32le("right"));
        monitor.bottom = static_cast<std::int32_t>(in.u32le("bottom"));
        monitor.flags = in.u32le("flags");
        if (!in.error()) out.monitorDefArray.push_back(monitor);
    }
    return out;
}

CsMonitorEx cs_monitor_ex(Cursor& in) {
    CsMonitorEx out;
    out.flags = in.u32le("flags");
    out.monitorAttributeSize = in.u32le("monitorAttributeSize");
    out.monitorCount = in.u32le("monitorCount");
    return out;
}

BlockFlags block_flags(Cursor& in) { return {in.u32le("flags")}; }

ScCore sc_core(Cursor& in) {
    ScCore out;
    out.version = in.u32le("version");
    out.clientRequestedProtocols = later_u32(in, "clientRequestedProtocols");
    out.earlyCapabilityFlags = later_u32(in, "earlyCapabilityFlags");
    return out;
}

ScSecurity sc_security(Cursor& in) {
    ScSecurity out;
    out.encryptionMethod = in.u32le("encryptionMethod");
    out.encryptionLevel = in.u32le("encryptionLevel");
    out.serverRandomLen = later_u32(in, "serverRandomLen");
    out.serverCertLen = later_u32(in, "serverCertLen");
    if (out.serverRandomLen) in.skip(*out.serverRandomLen, "serverRandom");
    if (out.serverCertLen) in.skip(*out.serverCertLen, "serverCertificate");
    return out;
}

ScNet sc_net(Cursor& in) {
    ScNet out;
    out.mcsChannelId = in.u16le("MCSChannelId");
    out.channelCount = in.u16le("channelCount");
    for (unsigned i = 0; i < out.channelCount && !in.error(); ++i) {
        const std::uint16_t id = in.u16le("channelIdArray");
        if (!in.error()) out.channelIdArray.push_back(id);
    }
    return out;
}

ScMessageChannel sc_message_channel(Cursor& in) { return {in.u16le("MCSChannelID")}; }

void read_block(std::uint16_t type, Cursor& in, UserData& out) {
    switch (type) {
        case 0xC001:
            out.core = cs_core(in);
            break;
        case 0xC002:
            out.security = cs_security(in);
            break;
        case 0xC003:
            out.network = cs_net(in);
            break;
        case 0xC004:
            out.cluster = cs_cluster(in);
            break;
        case 0xC005:
            out.monitor = cs_monitor(in);
            break;
        case 0xC006:
            out.messageChannel = block_flags(in);
            break;
        case 0xC008:
            out.monitorEx = cs_monitor_ex(in);
            break;
        case 0xC00A:
            out.multitransport = block_flags(in);
            break;
        case 0x0C01:
            out.serverCore = sc_core(in);
            break;
        case 0x0C02:
            out.serverSecurity = sc_security(in);
            break;
        case 0x0C03:
            out.serverNetwork = sc_net(in);
            break;
        case 0x0C04:
            out.serverMessageChannel = sc_message_channel(in);
            break;
        case 0x0C08:
            out.serverMultitransport = block_flags(in);
            break;
        default:
            break;
    }
}

}  // namespace

std::string_view user_data_name(std::uint16_t type) noexcept {
    const auto row = std::ranges::lower_bound(kTypes, type, {}, &TypeName::type);
    return row != kTypes.end() && row->type == type ? row->name : std::string_view{};
}

UserData parse_user_data(Cursor& in) {
    constexpr std::uint16_t kHeader = 4;
    UserData out;
    while (in.remaining() > 0 && out.blocks.size() < kMaxUserDataBlocks) {
        UserDataHeader header;
        header.offset = in.position();
        header.type = in.u16le("type");
        header.length = in.u16le("length");
        if (!in.error() && header.length < kHeader)
            in.fail({bytes::Problem::bad_value, "length", header.offset + 2, 0, 0});
        // What is there of a block that is cut is read all the same.
        const std::size_t body = header.length - std::size_t{kHeader};
        Cursor block{in.peek(in.error() ? 0 : body), in.position()};
        if (in.error()) break;
        out.blocks.push_back(header);
        read_block(header.type, block, out);
        if (block.error() && !out.problem) out.problem = block.error();
        in.skip(body, "userData");
    }
    if (in.error() && !out.problem) out.problem = in.error();
    return out;
}

}  // namespace rdpdx::mcs
