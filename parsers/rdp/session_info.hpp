// Save Session Info: the server says that somebody is logged on, or why not yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::rdp {

// [MS-RDPBCGR] 2.2.10.1.1.1 Logon Info Version 1, 2.2.10.1.1.2 Logon Info Version 2
struct LogonInfo {
    std::string domain, userName;
    std::uint32_t sessionId{};
};

// [MS-RDPBCGR] 2.2.10.1.1.4.1.1 Logon Errors Info (TS_LOGON_ERRORS_INFO)
struct LogonErrorsInfo {
    std::uint32_t errorNotificationType{};  // 0xFFFFFFFE LOGON_MSG_SESSION_CONTINUE and its like, or an NTSTATUS
    std::uint32_t errorNotificationData{};  // 0 LOGON_FAILED_BAD_PASSWORD to 3 LOGON_WARNING, or a session id
};

// [MS-RDPBCGR] 2.2.10.1.1.4 Logon Info Extended (TS_LOGON_INFO_EXTENDED)
struct LogonInfoExtended {
    std::uint32_t fieldsPresent{};
    bool autoReconnectCookie{};
    std::optional<LogonErrorsInfo> logonErrors;
};

// [MS-RDPBCGR] 2.2.10.1.1 Save Session Info PDU Data. infoType 0 LOGON, 1 LOGON_LONG, 2 PLAINNOTIFY, 3 EXTENDED_INFO
struct SaveSessionInfo {
    std::uint32_t infoType{};
    std::variant<std::monostate, LogonInfo, LogonInfoExtended> infoData;
};
// `pdu` is what follows the share data header.
bytes::Parsed<SaveSessionInfo> parse_save_session_info(bytes::View pdu, std::size_t base = 0);

}  // namespace rdpdx::rdp
