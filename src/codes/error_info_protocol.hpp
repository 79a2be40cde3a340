// [MS-RDPBCGR] 2.2.5.1.1 Set Error Info PDU Data: the RDP-specific codes, each the server's complaint about one PDU.
#pragma once

#include <array>

#include "src/codes/codes.hpp"

namespace rdpdx::codes::tables {

namespace error_info_words {
inline constexpr std::string_view kBcgr = "[MS-RDPBCGR] 2.2.5.1.1";
inline constexpr std::string_view kInfo = "client-info";
inline constexpr std::string_view kCaps = "capability-exchange";
inline constexpr std::string_view kFinal = "finalization";
inline constexpr std::string_view kSession = "session";
inline constexpr std::string_view kGcc = "mcs-connect";
inline constexpr std::string_view kClientBuild = "Build of the client, or a device on the path that alters data.";

// The many codes below differ in name, meaning and stage only.
constexpr Code row(std::uint32_t value, std::string_view name, std::string_view meaning, std::string_view stage = "") {
    return {value, name, meaning, stage, kDocumented, kClientBuild, kBcgr};
}
}  // namespace error_info_words

inline constexpr auto kErrorInfoProtocol = [] {
    using namespace error_info_words;
    return std::array{
        row(0x10C9, "ERRINFO_UNKNOWNPDUTYPE2", "A Share Data Header had an unknown pduType2."),
        row(0x10CA, "ERRINFO_UNKNOWNPDUTYPE", "A Share Control Header had an unknown pduType."),
        row(0x10CB, "ERRINFO_DATAPDUSEQUENCE", "A slow-path data PDU came out of sequence."),
        row(0x10CD, "ERRINFO_CONTROLPDUSEQUENCE", "A slow-path PDU other than data came out of sequence."),
        row(0x10CE, "ERRINFO_INVALIDCONTROLPDUACTION", "A Control PDU had an invalid action.", kFinal),
        row(0x10CF, "ERRINFO_INVALIDINPUTPDUTYPE", "An input event had an invalid type.", kSession),
        row(0x10D0, "ERRINFO_INVALIDINPUTPDUMOUSE", "A mouse event had invalid pointerFlags.", kSession),
        row(0x10D1, "ERRINFO_INVALIDREFRESHRECTPDU", "A Refresh Rect PDU was invalid.", kSession),
        row(0x10D2, "ERRINFO_CREATEUSERDATAFAILED", "The server could not build its GCC response user data.", kGcc),
        row(0x10D3, "ERRINFO_CONNECTFAILED", "The channel connection phase failed.", "channel-join"),
        row(0x10D4, "ERRINFO_CONFIRMACTIVEWRONGSHAREID", "Confirm Active had a wrong shareId.", kCaps),
        row(0x10D5, "ERRINFO_CONFIRMACTIVEWRONGORIGINATOR", "Confirm Active had a wrong originatorId.", kCaps),
        row(0x10DA, "ERRINFO_PERSISTENTKEYPDUBADLENGTH", "A Persistent Key List PDU was too short.", kFinal),
        row(0x10DB, "ERRINFO_PERSISTENTKEYPDUILLEGALFIRST", "A second Persistent Key List PDU was marked as the first.",
            kFinal),
        row(0x10DC, "ERRINFO_PERSISTENTKEYPDUTOOMANYTOTALKEYS",
            "A Persistent Key List PDU announced more than 262144 cache entries.", kFinal),
        row(0x10DD, "ERRINFO_PERSISTENTKEYPDUTOOMANYCACHEKEYS",
            "A Persistent Key List PDU announced more keys for one cache than the capabilities allow.", kFinal),
        row(0x10DE, "ERRINFO_INPUTPDUBADLENGTH", "An input PDU was too short.", kSession),
        row(0x10DF, "ERRINFO_BITMAPCACHEERRORPDUBADLENGTH", "A Bitmap Cache Error PDU was too short.", kSession),
        row(0x10E0, "ERRINFO_SECURITYDATATOOSHORT", "The signature data of a fast-path input PDU was too short.",
            kSession),
        row(0x10E1, "ERRINFO_VCHANNELDATATOOSHORT",
            "The client's network data (channel list) or a channel PDU header was too short."),
        row(0x10E2, "ERRINFO_SHAREDATATOOSHORT", "A share header, a Control PDU or a Font List PDU was too short."),
        row(0x10E3, "ERRINFO_BADSUPRESSOUTPUTPDU", "A Suppress Output PDU was too short or invalid.", kSession),
        row(0x10E5, "ERRINFO_CONFIRMACTIVEPDUTOOSHORT", "Confirm Active was too short.", kCaps),
        row(0x10E7, "ERRINFO_CAPABILITYSETTOOSMALL", "A capability set was too short for its own header.", kCaps),
        row(0x10E8, "ERRINFO_CAPABILITYSETTOOLARGE", "A capability set claimed to be longer than the data.", kCaps),
        row(0x10E9, "ERRINFO_NOCURSORCACHE", "The pointer capability set had a cache size of zero.", kCaps),
        row(0x10EA, "ERRINFO_BADCAPABILITIES", "The server did not accept the client's capabilities.", kCaps),
        row(0x10EC, "ERRINFO_VIRTUALCHANNELDECOMPRESSIONERR", "A virtual channel PDU could not be decompressed.",
            kSession),
        row(0x10ED, "ERRINFO_INVALIDVCCOMPRESSIONTYPE", "A channel PDU header named an invalid compression.", kSession),
        row(0x10EF, "ERRINFO_INVALIDCHANNELID", "A virtual channel PDU had an invalid MCS channel id.", kSession),
        row(0x10F0, "ERRINFO_VCHANNELSTOOMANY", "The client asked for more than 31 static channels.", kGcc),
        row(0x10F3, "ERRINFO_REMOTEAPPSNOTENABLED",
            "The host serves RemoteApp programs only, and the client did not set INFO_RAIL.", kInfo),
        row(0x10F4, "ERRINFO_CACHECAPNOTSET",
            "The client sent persistent keys without the revision 2 bitmap cache capability.", kFinal),
        row(0x10F5, "ERRINFO_BITMAPCACHEERRORPDUBADLENGTH2",
            "The block count of a Bitmap Cache Error PDU does not fit its data.", kSession),
        row(0x10F6, "ERRINFO_OFFSCRCACHEERRORPDUBADLENGTH", "An Offscreen Bitmap Cache Error PDU was too short.",
            kSession),
        row(0x10F7, "ERRINFO_DNGCACHEERRORPDUBADLENGTH", "A DrawNineGrid Cache Error PDU was too short.", kSession),
        row(0x10F8, "ERRINFO_GDIPLUSPDUBADLENGTH", "A GDI+ Error PDU was too short.", kSession),
        row(0x1111, "ERRINFO_SECURITYDATATOOSHORT2", "A basic security header was too short."),
        row(0x1112, "ERRINFO_SECURITYDATATOOSHORT3", "A FIPS or non-FIPS security header was too short."),
        row(0x1113, "ERRINFO_SECURITYDATATOOSHORT4",
            "Security Exchange was too short for its security header and length.", kInfo),
        row(0x1114, "ERRINFO_SECURITYDATATOOSHORT5", "The Info Packet was too short for its lengths and strings.",
            kInfo),
        row(0x1115, "ERRINFO_SECURITYDATATOOSHORT6", "The Info Packet was too short for its flags and lengths.", kInfo),
        row(0x1116, "ERRINFO_SECURITYDATATOOSHORT7",
            "The Extended Info Packet ended before clientAddressFamily or cbClientAddress.", kInfo),
        row(0x1117, "ERRINFO_SECURITYDATATOOSHORT8", "The Extended Info Packet ended before clientAddress.", kInfo),
        row(0x1118, "ERRINFO_SECURITYDATATOOSHORT9", "The Extended Info Packet ended before cbClientDir.", kInfo),
        row(0x1119, "ERRINFO_SECURITYDATATOOSHORT10", "The Extended Info Packet ended before clientDir.", kInfo),
        row(0x111A, "ERRINFO_SECURITYDATATOOSHORT11", "The Extended Info Packet ended before clientTimeZone.", kInfo),
        row(0x111B, "ERRINFO_SECURITYDATATOOSHORT12", "The Extended Info Packet ended before clientSessionId.", kInfo),
        row(0x111C, "ERRINFO_SECURITYDATATOOSHORT13", "The Extended Info Packet ended before performanceFlags.", kInfo),
        row(0x111D, "ERRINFO_SECURITYDATATOOSHORT14",
            "The Extended Info Packet ended before the length of the auto-reconnect cookie.", kInfo),
        row(0x111E, "ERRINFO_SECURITYDATATOOSHORT15",
            "The Extended Info Packet ended before the auto-reconnect cookie.", kInfo),
        row(0x111F, "ERRINFO_SECURITYDATATOOSHORT16",
            "The auto-reconnect cookie was announced with more than 128 bytes.", kInfo),
        row(0x1120, "ERRINFO_SECURITYDATATOOSHORT17",
            "The Extended Info Packet ended before clientAddressFamily or cbClientAddress (a second check).", kInfo),
        row(0x1121, "ERRINFO_SECURITYDATATOOSHORT18",
            "The Extended Info Packet ended before clientAddress (a second check).", kInfo),
        row(0x1122, "ERRINFO_SECURITYDATATOOSHORT19",
            "The Extended Info Packet ended before cbClientDir (a second check).", kInfo),
        row(0x1123, "ERRINFO_SECURITYDATATOOSHORT20",
            "The Extended Info Packet ended before clientDir (a second check).", kInfo),
        row(0x1124, "ERRINFO_SECURITYDATATOOSHORT21",
            "The Extended Info Packet ended before clientTimeZone (a second check).", kInfo),
        row(0x1125, "ERRINFO_SECURITYDATATOOSHORT22",
            "The Extended Info Packet ended before clientSessionId (a second check).", kInfo),
        row(0x1126, "ERRINFO_SECURITYDATATOOSHORT23", "The Client Info PDU was too short.", kInfo),
        row(0x1129, "ERRINFO_BADMONITORDATA", "Fewer monitors were described than monitorCount announced.", kGcc),
        row(0x112A, "ERRINFO_VCDECOMPRESSEDREASSEMBLEFAILED",
            "Decompressed channel data could not be put together, or was larger than agreed.", kSession),
        row(0x112B, "ERRINFO_VCDATATOOLONG", "A virtual channel PDU was larger than the agreed chunk size.", kSession),
        row(0x112C, "ERRINFO_BAD_FRAME_ACK_DATA", "A frame acknowledgement was too short.", kSession),
        row(0x112D, "ERRINFO_GRAPHICSMODENOTSUPPORTED", "The server cannot serve the graphics mode asked for.",
            kSession),
        row(0x112E, "ERRINFO_GRAPHICSSUBSYSTEMRESETFAILED", "The server's graphics subsystem could not be reset.",
            kSession),
        row(0x112F, "ERRINFO_GRAPHICSSUBSYSTEMFAILED", "The server's graphics subsystem failed and cannot go on.",
            kSession),
        row(0x1130, "ERRINFO_TIMEZONEKEYNAMELENGTHTOOSHORT", "The Info Packet ended before the time zone key name.",
            kInfo),
        row(0x1131, "ERRINFO_TIMEZONEKEYNAMELENGTHTOOLONG", "The time zone key name of the Info Packet is too long.",
            kInfo),
        row(0x1132, "ERRINFO_DYNAMICDSTDISABLEDFIELDMISSING", "The Info Packet lacks dynamicDaylightTimeDisabled.",
            kInfo),
        row(0x1133, "ERRINFO_VCDECODINGERROR", "Dynamic virtual channel data could not be decoded.", kSession),
        row(0x1134, "ERRINFO_VIRTUALDESKTOPTOOLARGE", "The monitors span more than 32766 pixels in one direction.",
            kGcc),
        row(0x1135, "ERRINFO_MONITORGEOMETRYVALIDATIONFAILED", "The monitor geometry is invalid.", kGcc),
        row(0x1136, "ERRINFO_INVALIDMONITORCOUNT", "The client announced too many monitors.", kGcc),
        row(0x1191, "ERRINFO_UPDATESESSIONKEYFAILED", "Renewing the session keys failed (standard RDP security)."),
        row(0x1192, "ERRINFO_DECRYPTFAILED", "Decryption or key creation failed (standard RDP security)."),
        row(0x1193, "ERRINFO_ENCRYPTFAILED", "Encryption failed (standard RDP security)."),
        row(0x1194, "ERRINFO_ENCPKGMISMATCH", "The client offered no usable encryption method.", kGcc),
        row(0x1195, "ERRINFO_DECRYPTFAILED2", "Plain data came where encrypted data was due (standard RDP security)."),
        Code{0x1196, "ERRINFO_PEER_DISCONNECTED", "The peer closed; FreeRDP's own value, never sent by Windows.", "",
             kObserved, "Evidence from a FreeRDP client or server.", "FreeRDP, error.h"},
    };
}();

}  // namespace rdpdx::codes::tables
