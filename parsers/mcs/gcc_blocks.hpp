// The user data blocks that client and server put into their GCC conference messages: what each asked for and got.
// Fields that a shorter, older block does not have are absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::mcs {

// [MS-RDPBCGR] 2.2.1.3.1 User Data Header (TS_UD_HEADER)
struct UserDataHeader {
    std::uint16_t type{};
    std::uint16_t length{};  // with these four bytes
    std::size_t offset{};
};
// "CS_CORE"; empty for a type without a name.
std::string_view user_data_name(std::uint16_t type) noexcept;

// [MS-RDPBCGR] 2.2.1.3.2 Client Core Data (TS_UD_CS_CORE)
struct CsCore {
    std::uint32_t version{};
    std::uint16_t desktopWidth{}, desktopHeight{}, colorDepth{}, sasSequence{};
    std::uint32_t keyboardLayout{}, clientBuild{};
    std::string clientName;
    std::uint32_t keyboardType{}, keyboardSubType{}, keyboardFunctionKey{};
    std::optional<std::uint16_t> postBeta2ColorDepth, clientProductId;
    std::optional<std::uint32_t> serialNumber;
    std::optional<std::uint16_t> highColorDepth, supportedColorDepths, earlyCapabilityFlags;
    std::string clientDigProductId;
    std::optional<std::uint8_t> connectionType;
    std::optional<std::uint32_t> serverSelectedProtocol;
    std::optional<std::uint32_t> desktopPhysicalWidth, desktopPhysicalHeight;
    std::optional<std::uint16_t> desktopOrientation;
    std::optional<std::uint32_t> desktopScaleFactor, deviceScaleFactor;
};

// [MS-RDPBCGR] 2.2.1.3.3 Client Security Data (TS_UD_CS_SEC)
struct CsSecurity {
    std::uint32_t encryptionMethods{}, extEncryptionMethods{};
};

// [MS-RDPBCGR] 2.2.1.3.4.1 Channel Definition Structure (CHANNEL_DEF)
struct ChannelDef {
    std::string name;
    std::uint32_t options{};
};
// [MS-RDPBCGR] 2.2.1.3.4 Client Network Data (TS_UD_CS_NET)
struct CsNet {
    std::uint32_t channelCount{};
    std::vector<ChannelDef> channelDefArray;
};

// [MS-RDPBCGR] 2.2.1.3.5 Client Cluster Data (TS_UD_CS_CLUSTER)
struct CsCluster {
    std::uint32_t flags{}, redirectedSessionId{};
};

// [MS-RDPBCGR] 2.2.1.3.6.1 Monitor Definition (TS_MONITOR_DEF)
struct MonitorDef {
    std::int32_t left{}, top{}, right{}, bottom{};
    std::uint32_t flags{};
};
// [MS-RDPBCGR] 2.2.1.3.6 Client Monitor Data (TS_UD_CS_MONITOR)
struct CsMonitor {
    std::uint32_t flags{}, monitorCount{};
    std::vector<MonitorDef> monitorDefArray;
};
// [MS-RDPBCGR] 2.2.1.3.9 Client Monitor Extended Data (TS_UD_CS_MONITOR_EX)
struct CsMonitorEx {
    std::uint32_t flags{}, monitorAttributeSize{}, monitorCount{};
};

// [MS-RDPBCGR] 2.2.1.3.7 Client Message Channel Data, 2.2.1.3.8 Client and 2.2.1.4.6 Server Multitransport Channel Data
struct BlockFlags {
    std::uint32_t flags{};
};

// [MS-RDPBCGR] 2.2.1.4.2 Server Core Data (TS_UD_SC_CORE)
struct ScCore {
    std::uint32_t version{};
    std::optional<std::uint32_t> clientRequestedProtocols, earlyCapabilityFlags;
};

// [MS-RDPBCGR] 2.2.1.4.3 Server Security Data (TS_UD_SC_SEC1); the random and the certificate are lengths.
struct ScSecurity {
    std::uint32_t encryptionMethod{}, encryptionLevel{};
    std::optional<std::uint32_t> serverRandomLen, serverCertLen;
};

// [MS-RDPBCGR] 2.2.1.4.4 Server Network Data (TS_UD_SC_NET)
struct ScNet {
    std::uint16_t mcsChannelId{}, channelCount{};  // the first is the I/O channel
    std::vector<std::uint16_t> channelIdArray;
};

// [MS-RDPBCGR] 2.2.1.4.5 Server Message Channel Data (TS_UD_SC_MCS_MSGCHANNEL)
struct ScMessageChannel {
    std::uint16_t mcsChannelId{};
};

// All blocks of one message, each at most once (a later one of the same type takes its place).
struct UserData {
    std::vector<UserDataHeader> blocks;  // in their order, unknown ones too
    std::optional<CsCore> core;
    std::optional<CsSecurity> security;
    std::optional<CsNet> network;
    std::optional<CsCluster> cluster;
    std::optional<CsMonitor> monitor;
    std::optional<CsMonitorEx> monitorEx;
    std::optional<BlockFlags> messageChannel, multitransport;
    std::optional<ScCore> serverCore;
    std::optional<ScSecurity> serverSecurity;
    std::optional<ScNet> serverNetwork;
    std::optional<ScMessageChannel> serverMessageChannel;
    std::optional<BlockFlags> serverMultitransport;
    std::optional<bytes::ParseError> problem;  // the first block that could not be read; the others hold
};

inline constexpr std::size_t kMaxUserDataBlocks = 64;

// Reads to the end of `in` or to the first block whose length makes no sense.
UserData parse_user_data(bytes::Cursor& in);

}  // namespace rdpdx::mcs
