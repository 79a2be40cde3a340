// MCS Connect-Initial and Connect-Response with the GCC conference messages in them.
#pragma once

#include "parsers/mcs/gcc_blocks.hpp"

namespace rdpdx::mcs {

// [T.125] section 7, DomainParameters
struct DomainParameters {
    std::uint32_t maxChannelIds{}, maxUserIds{}, maxTokenIds{}, numPriorities{}, minThroughput{}, maxHeight{},
        maxMcsPduSize{}, protocolVersion{};
};

// [T.125] section 7, Connect-Initial; [MS-RDPBCGR] 2.2.1.3
struct ConnectInitial {
    bool upwardFlag{};
    DomainParameters targetParameters, minimumParameters, maximumParameters;
    std::string h221Key;  // "Duca"
    UserData userData;
};

// [T.125] section 7, Connect-Response; [MS-RDPBCGR] 2.2.1.4. A refusal may end behind its result.
struct ConnectResponse {
    std::uint8_t result{};  // 0 is rt-successful
    std::uint32_t calledConnectId{};
    std::optional<DomainParameters> domainParameters;
    std::uint16_t nodeID{};
    std::uint32_t conferenceResult{};  // [T.124] GCCConferenceCreateResponse, result: 0 success
    std::string h221Key;               // "McDn"
    UserData userData;
};

// `tpdu` is what follows the X.224 data header (02 F0 80); `base` its offset.
bytes::Parsed<ConnectInitial> parse_connect_initial(bytes::View tpdu, std::size_t base = 0);
bytes::Parsed<ConnectResponse> parse_connect_response(bytes::View tpdu, std::size_t base = 0);

}  // namespace rdpdx::mcs
