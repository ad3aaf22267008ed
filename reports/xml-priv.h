/* SPDX-License-Identifier: Apache-2.0 */
/* Text in XML 1.0. */
#ifndef ML_REPORTS_XML_PRIV_H
#define ML_REPORTS_XML_PRIV_H

#include "base/buf.h"

/* `s` for an attribute in double quotes: & < > " and white space as references; what XML 1.0 does not allow (§2.2: control characters, U+FFFE,
 * U+FFFF) and invalid UTF-8 become U+FFFD. */
void ml_xml_add(struct ml_buf *out, struct ml_str s);
/* The same for content: line feeds and tabs stay. */
void ml_xml_add_text(struct ml_buf *out, struct ml_str s);

#endif
