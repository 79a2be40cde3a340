#include "parsers/rdp/licensing.hpp"

#include "parsers/bytes/terminated.hpp"

namespace rdpdx::rdp {
namespace {

using bytes::Cursor;

constexpr std::size_t kRandom = 32, kMac = 16;

struct Blob {
    LicenseBlob header;
    bytes::View data;
};

Blob open_blob(Cursor& in, std::string_view field) {
    Blob out;
    out.header.wBlobType = in.u16le("wBlobType");
    out.header.wBlobLen = in.u16le("wBlobLen");
    out.data = in.take(out.header.wBlobLen, field);
    return out;
}

LicenseBlob blob(Cursor& in, std::string_view field) { return open_blob(in, field).header; }

LicenseErrorMessage error_message(Cursor& in) {
    LicenseErrorMessage out;
    out.dwErrorCode = in.u32le("dwErrorCode");
    out.dwStateTransition = in.u32le("dwStateTransition");
    out.bbErrorInfo = blob(in, "bbErrorInfo");
    return out;
}

ServerLicenseRequest license_request(Cursor& in) {
    ServerLicenseRequest out;
    in.skip(kRandom, "ServerRandom");
    out.dwVersion = in.u32le("dwVersion");
    const std::uint32_t company = in.u32le("cbCompanyName");
    out.companyName = bytes::utf16le_until_zero(in.take(company, "pbCompanyName"));
    const std::uint32_t product = in.u32le("cbProductId");
    out.productId = bytes::utf16le_until_zero(in.take(product, "pbProductId"));
    out.keyExchangeList = blob(in, "KeyExchangeList");
    out.serverCertificate = blob(in, "ServerCertificate");
    const std::uint32_t scopes = in.u32le("ScopeCount");
    for (std::uint32_t i = 0; i < scopes && i < kMaxLicenseScopes && !in.error(); ++i)
        out.scopeList.push_back(bytes::text_until_zero(open_blob(in, "Scope").data));
    return out;
}

ServerPlatformChallenge platform_challenge(Cursor& in) {
    ServerPlatformChallenge out;
    out.connectFlags = in.u32le("ConnectFlags");
    out.encryptedPlatformChallenge = blob(in, "EncryptedPlatformChallenge");
    in.skip(kMac, "MACData");
    return out;
}

ServerLicense license(Cursor& in) {
    ServerLicense out;
    out.encryptedLicenseInfo = blob(in, "EncryptedLicenseInfo");
    in.skip(kMac, "MACData");
    return out;
}

ClientNewLicenseRequest new_license_request(Cursor& in) {
    ClientNewLicenseRequest out;
    out.preferredKeyExchangeAlg = in.u32le("PreferredKeyExchangeAlg");
    out.platformId = in.u32le("PlatformId");
    in.skip(kRandom, "ClientRandom");
    out.encryptedPreMasterSecret = blob(in, "EncryptedPreMasterSecret");
    out.clientUserName = bytes::text_until_zero(open_blob(in, "ClientUserName").data);
    out.clientMachineName = bytes::text_until_zero(open_blob(in, "ClientMachineName").data);
    return out;
}

ClientLicenseInfo license_info(Cursor& in) {
    ClientLicenseInfo out;
    out.preferredKeyExchangeAlg = in.u32le("PreferredKeyExchangeAlg");
    out.platformId = in.u32le("PlatformId");
    in.skip(kRandom, "ClientRandom");
    out.encryptedPreMasterSecret = blob(in, "EncryptedPreMasterSecret");
    out.licenseInfo = blob(in, "LicenseInfo");
    out.encryptedHwid = blob(in, "EncryptedHWID");
    in.skip(kMac, "MACData");
    return out;
}

ClientPlatformChallengeResponse challenge_response(Cursor& in) {
    ClientPlatformChallengeResponse out;
    out.encryptedPlatformChallengeResponse = blob(in, "EncryptedPlatformChallengeResponse");
    out.encryptedHwid = blob(in, "EncryptedHWID");
    in.skip(kMac, "MACData");
    return out;
}

}  // namespace

bytes::Parsed<LicensePdu> parse_license_pdu(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    LicensePdu out;
    out.bMsgType = in.u8("bMsgType");
    out.flags = in.u8("flags");
    out.wMsgSize = in.u16le("wMsgSize");
    switch (out.bMsgType) {
        case 0x01:
            out.message = license_request(in);
            break;
        case 0x02:
            out.message = platform_challenge(in);
            break;
        case 0x03:
        case 0x04:
            out.message = license(in);
            break;
        case 0x12:
            out.message = license_info(in);
            break;
        case 0x13:
            out.message = new_license_request(in);
            break;
        case 0x15:
            out.message = challenge_response(in);
            break;
        case 0xFF:
            out.message = error_message(in);
            break;
        default:
            break;
    }
    if (in.error()) return *in.error();
    return out;
}

}  // namespace rdpdx::rdp
