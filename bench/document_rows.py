"""Documents at size, in SQL: units, registers with their counters, papers, endorsements, recipients.

One in ten is a letter sent, so that an export of these is a tenth of all. What is older than the
last fiftieth is filed; the rest lies on desks.
"""

UNITS, YEARS = 3, 7
"""Units of a province that have registers, and calendar years through which they ran."""
TABLES = ("office_unit", "register_book", "document", "endorsement", "distribution", "attachment")

PAPERS = """
CREATE TEMP TABLE paper AS SELECT i, a, b, c, d, province_id, letters, unit_id, code, kind, day,
  CAST(substr(day, 1, 4) AS INTEGER) AS year,
  row_number() OVER (PARTITION BY unit_id, kind, substr(day, 1, 4) ORDER BY i) AS no,
  i * 50 >= :n * 49 AS recent
FROM (SELECT n.*, home.province_id, home.letters,
  :base + 1 + (i % 77) * {units} + i / 77 % {units} AS unit_id,
  '0017.' || (1 + i / 77 % {units}) AS code,
  CASE WHEN a < 100 THEN 'sent' WHEN a < 130 THEN 'circular' WHEN a < 160 THEN 'internal'
    WHEN a < 180 THEN 'order' ELSE 'received' END AS kind,
  date(:first, '+' || (i * :days / :n) || ' days') AS day
  FROM n JOIN home ON home.p = i % 77)
""".replace("{units}", str(UNITS))

STATEMENTS = (
    f"""
INSERT INTO office_unit (id, version, made_at, province_id, name, short_name, code, is_active)
SELECT :base + 1 + p * {UNITS} + k, 1, :at, province_id, 'กลุ่มงานที่ ' || (k + 1),
  'กง. ' || (k + 1), '0017.' || (k + 1), 1
FROM home JOIN (SELECT i AS k FROM n WHERE i < {UNITS})
""",
    PAPERS,
    """
CREATE TEMP TABLE book AS SELECT :base + row_number() OVER (ORDER BY year, unit_id, kind) AS id,
  province_id, unit_id, kind, year, max(no) AS last
FROM paper GROUP BY unit_id, kind, year
""",
    "CREATE INDEX temp.of_book ON book (unit_id, kind, year)",
    """
INSERT INTO register_book (id, version, made_at, province_id, name, unit_id, kind, year, secret)
SELECT id, 1, :at, province_id, 'ทะเบียนที่ ' || id, unit_id, kind, year, 0 FROM book
""",
    """
INSERT INTO counter (key, value)
SELECT 'register:' || unit_id || ':' || kind || ':' || year || ':open', last FROM book
""",
    """
INSERT INTO document (id, version, made_at, province_id, subject, number, register_kind, unit_id,
  register_id, register_no, registered_at, kind, ref_number, dated_on, received_on, from_party,
  to_party, urgency, status, waits_for, holder_unit_id, due_on, retention_class_id, keep_until,
  archival, sent_on, done_on, filed_on)
SELECT :base + 1 + i, 1, day || ' 03:00:00.000000', paper.province_id,
  opening.word || topic.word || place.word || CASE WHEN b < 400 THEN :common ELSE '' END
    || CASE WHEN i % :every = :every / 2 THEN :rare ELSE '' END,
  CASE WHEN paper.kind IN ('received', 'order') THEN no || '/' || (paper.year + 543)
    ELSE letters || ' ' || code || '/' || iif(paper.kind = 'circular', 'ว ', '') || no END,
  paper.kind, paper.unit_id, book.id, no, day || ' 03:00:00.000000',
  iif(paper.kind = 'internal', 'internal', 'external'),
  iif(paper.kind = 'received', 'มท 0201.2/' || (1000 + i % 9000), NULL), day,
  iif(paper.kind = 'received', day, NULL),
  iif(paper.kind = 'received', 'สำนักงาน' || topic.word, NULL),
  iif(paper.kind = 'received', 'ผู้ว่าราชการจังหวัด', 'ปลัดกระทรวงมหาดไทย'),
  CASE WHEN c < 30 THEN 'most_urgent' WHEN c < 100 THEN 'very_urgent' WHEN c < 200 THEN 'urgent' END,
  CASE WHEN NOT recent THEN 'filed' WHEN paper.kind <> 'received' THEN
    CASE c % 3 WHEN 0 THEN 'numbered' WHEN 1 THEN 'sent' ELSE 'acknowledged' END
    ELSE CASE c % 5 WHEN 0 THEN 'registered' WHEN 1 THEN 'presented' WHEN 2 THEN 'endorsed'
      WHEN 3 THEN 'acting' ELSE 'done' END END,
  CASE WHEN NOT recent THEN NULL WHEN paper.kind <> 'received' THEN iif(c % 3 = 1, NULL, 'registrar')
    ELSE CASE c % 5 WHEN 1 THEN 'chief_of_office' WHEN 2 THEN 'governor' WHEN 3 THEN NULL
      ELSE 'registrar' END END,
  iif(recent AND paper.kind = 'received' AND c % 5 = 3, paper.unit_id, NULL),
  iif(recent AND paper.kind = 'received' AND c % 5 = 3, date(day, '+15 days'), NULL),
  iif(recent, NULL, (SELECT min(id) FROM retention_class)),
  iif(recent, NULL, date(day, '+10 years')), 0,
  iif(paper.kind IN ('sent', 'circular'), day, NULL), iif(recent, NULL, day), iif(recent, NULL, day)
FROM paper JOIN book ON book.unit_id = paper.unit_id AND book.kind = paper.kind
    AND book.year = paper.year
  JOIN opening ON opening.k = a % 6 JOIN topic ON topic.k = b % 16 JOIN place ON place.k = d % 8
""",
    """
INSERT INTO endorsement (id, version, made_at, province_id, text, document_id, position, action,
  signer_name, signer_position, signed_at, to_role)
SELECT :base + 1 + i, 1, day || ' 04:00:00.000000', province_id, 'เรียน ผู้ว่าราชการจังหวัด เพื่อโปรดพิจารณา',
  :base + 1 + i, 1, 'consider', 'สมชาย ใจดี', 'หัวหน้าสำนักงานจังหวัด', day || ' 04:00:00.000000',
  'governor'
FROM paper WHERE kind = 'received' AND NOT (recent AND c % 5 = 0)
""",
    """
INSERT INTO distribution (id, version, made_at, province_id, recipient, document_id, number,
  subject, urgency, agency_id, method, sent_at, read_at, acknowledged_at, acknowledged_name)
SELECT d.id, 1, d.made_at, d.province_id, 'ส่วนราชการที่ ' || (1 + p.a % 10), d.id, d.number,
  d.subject, d.urgency, :base + 5000 + p.i % 77 * 10 + p.a % 10, 'system', d.registered_at,
  iif(recent, NULL, d.registered_at), iif(recent, NULL, d.registered_at),
  iif(recent, NULL, 'เจ้าหน้าที่')
FROM paper p JOIN document d ON d.id = :base + 1 + p.i WHERE p.kind IN ('sent', 'circular')
""",
    """
INSERT INTO attachment (id, version, made_at, province_id, name, document_id, content_type, size,
  sha256, has_macros)
SELECT :base + 1 + i, 1, day || ' 03:00:00.000000', province_id, 'หนังสือที่ ' || no || '.pdf',
  :base + 1 + i, 'application/pdf', 100000 + h % 900000, printf('%064x', h), 0
FROM (SELECT paper.*, i * 2654435761 % 4294967296 AS h FROM paper) WHERE i % 4 = 0
""",
)
