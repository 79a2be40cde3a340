#include "parsers/rdp/redirection.hpp"

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::rdp {
namespace {

using bytes::Cursor;

// [MS-RDPBCGR] 2.2.13.1, RedirFlags
constexpr std::uint32_t kTargetNetAddress = 0x1, kLoadBalanceInfo = 0x2, kUserName = 0x4, kDomain = 0x8,
                        kPassword = 0x10, kTargetFqdn = 0x100, kTargetNetBiosName = 0x200, kTargetNetAddresses = 0x800,
                        kClientTsvUrl = 0x1000, kRedirectionGuid = 0x8000, kTargetCertificate = 0x10000;

bytes::View counted(Cursor& in, std::string_view length, std::string_view field) {
    const std::uint32_t n = in.u32le(length);
    return in.take(n, field);
}

// [MS-RDPBCGR] 2.2.13.1.1 Target Net Addresses
void addresses(Cursor& in, ServerRedirectionPacket& out) {
    in.u32le("TargetNetAddressesLength");
    const std::uint32_t count = in.u32le("addressCount");
    for (std::uint32_t i = 0; i < count && i < kMaxTargetNetAddresses && !in.error(); ++i) {
        std::string address = bytes::utf16le_until_zero(counted(in, "addressLength", "address"));
        if (!in.error()) out.targetNetAddresses.push_back(std::move(address));
    }
}

}  // namespace

bytes::Parsed<ServerRedirectionPacket> parse_server_redirection(bytes::View packet, std::size_t base) {
    Cursor in{packet, base};
    ServerRedirectionPacket out;
    out.flags = in.u16le("Flags");
    out.length = in.u16le("Length");
    out.sessionId = in.u32le("SessionID");
    out.redirFlags = in.u32le("RedirFlags");
    const auto text = [&](std::uint32_t flag, std::string_view length, std::string_view field) {
        return out.redirFlags & flag ? bytes::utf16le_until_zero(counted(in, length, field)) : std::string{};
    };
    const auto size = [&](std::uint32_t flag, std::string_view length, std::string_view field) {
        return out.redirFlags & flag ? counted(in, length, field).size() : std::size_t{};
    };
    out.targetNetAddress = text(kTargetNetAddress, "TargetNetAddressLength", "TargetNetAddress");
    out.loadBalanceInfoLength = size(kLoadBalanceInfo, "LoadBalanceInfoLength", "LoadBalanceInfo");
    out.userName = text(kUserName, "UserNameLength", "UserName");
    out.domain = text(kDomain, "DomainLength", "Domain");
    out.passwordLength = size(kPassword, "PasswordLength", "Password");
    out.targetFQDN = text(kTargetFqdn, "TargetFQDNLength", "TargetFQDN");
    out.targetNetBiosName = text(kTargetNetBiosName, "TargetNetBiosNameLength", "TargetNetBiosName");
    out.tsvUrlLength = size(kClientTsvUrl, "TsvUrlLength", "TsvUrl");
    out.redirectionGuidLength = size(kRedirectionGuid, "RedirectionGuidLength", "RedirectionGuid");
    out.targetCertificateLength = size(kTargetCertificate, "TargetCertificateLength", "TargetCertificate");
    if (out.redirFlags & kTargetNetAddresses) addresses(in, out);
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
