// Inside of diagnose: what the two numbers of the client's dialog ("0x904", "0x7") say, and what they do not.
#pragma once

#include "src/diagnose/ending.hpp"

namespace rdpdx::diagnose {

// Fills codes_meaning of an assessed attempt, and the code "extended" where the server itself said it. The numbers are
// never proof of a cause: the first tells how the client noticed the end, and clients show the second on their own.
void explain_numbers(model::Attempt& attempt);

// TLS hides a Set Error Info PDU; the server's log may say that it was sent. Then the server ended the connection,
// whoever closed it afterwards.
void blame_log(Ending& end, const model::Attempt& attempt);

}  // namespace rdpdx::diagnose
