"""Complaints at size, in SQL: cases of seven years with who complained, agencies and their story.

One in twenty-five is open, all of them received lately, in every state; of the others nine in ten
are closed and the rest not accepted.
"""

TABLES = ("complaint", "complainant", "assignment", "complaint_step")

CASES = """
CREATE TEMP TABLE told AS SELECT *, row_number() OVER (PARTITION BY province_id, year ORDER BY i) AS no,
  :base + 5000 + p * 10 + a % 10 AS agency_id, :base + 5000 + p * 10 + (a + 1) % 10 AS other_id,
  status NOT IN ('new', 'screening', 'returned', 'rejected') AS given,
  min(date(day, '+' || (c % 60) || ' days'), :today) AS over
FROM (SELECT n.*, home.p, home.province_id, home.letters,
  date(:first, '+' || (i * :days / :n) || ' days') AS day,
  CAST(substr(date(:first, '+' || (i * :days / :n) || ' days'), 1, 4) AS INTEGER) + 543 AS year,
  CASE WHEN i * 10 >= :n * 9 AND a < 400 THEN CASE b % 8 WHEN 0 THEN 'new' WHEN 1 THEN 'screening'
      WHEN 2 THEN 'assigned' WHEN 3 THEN 'accepted' WHEN 4 THEN 'resolved' WHEN 5 THEN 'reviewing'
      WHEN 6 THEN 'returned' ELSE 'in_progress' END
    WHEN a >= 900 THEN 'rejected' ELSE 'closed' END AS status
  FROM n JOIN home ON home.p = i % 77)
"""

STATEMENTS = (
    CASES,
    """
INSERT INTO counter (key, value)
SELECT 'complaint:' || province_id || ':' || year, max(no) FROM told GROUP BY province_id, year
""",
    """
INSERT INTO complaint (id, version, made_at, province_id, number, subject, status, received_on,
  due_on, channel_id, nature_id, category_id, importance, confidential, is_anonymous, detail,
  district_id, needs_committee, lead_agency_id, own_handling, assigned_on, clock_from, quiet_since,
  result, result_kind, resolved_on, notified_on, notified_by, closed_on, reopened, taken_over)
SELECT :base + 1 + i, 1, day || ' 03:00:00.000000', told.province_id,
  'ศดธ.' || letters || '-' || year || '-' || printf('%05d', no),
  opening.word || topic.word || place.word || CASE WHEN b < 400 THEN :common ELSE '' END
    || CASE WHEN i % :every = :every / 2 THEN :rare ELSE '' END,
  status, day, iif(given, date(day, '+30 days'), NULL), channel.id, nature.id, category.id,
  'general', c < 50, 0, opening.word || topic.word || ' ' || place.word, district.id,
  status NOT IN ('closed', 'rejected') AND c < 20, iif(given, agency_id, NULL), 0,
  iif(given, day, NULL), iif(given, day, NULL), iif(given, day, NULL),
  iif(status = 'closed', 'ดำเนินการแก้ไขแล้ว', NULL), iif(status = 'closed', 'settled', NULL),
  iif(status IN ('closed', 'resolved', 'reviewing'), over, NULL), iif(status = 'closed', over, NULL),
  iif(status = 'closed', 'หนังสือ', NULL), iif(status = 'closed', over, NULL), 0, 0
FROM told JOIN opening ON opening.k = a % 6 JOIN topic ON topic.k = b % 16
  JOIN place ON place.k = d % 8 JOIN channel_k channel ON channel.k = c % channel.all_k
  JOIN nature_k nature ON nature.k = d % nature.all_k
  JOIN category_k category ON category.k = b % category.all_k
  JOIN district_k district ON district.province_id = told.province_id AND district.k = d % district.all_k
""",
    """
INSERT INTO complainant (id, version, made_at, province_id, complaint_id, kind, name, phone, phone_hash)
SELECT :base + 1 + i, 1, day || ' 03:00:00.000000', province_id, :base + 1 + i, 'person', :sealed,
  :sealed, printf('%064x', h) FROM told
""",
    """
INSERT INTO assignment (id, version, made_at, province_id, number, subject, complaint_id, agency_id,
  part, status, assigned_on, quiet_since, due_on, accepted_on, reported_on)
SELECT :base + 1 + i * 2 + k, 1, day || ' 04:00:00.000000', t.province_id, c.number, c.subject, c.id,
  iif(k, other_id, agency_id), iif(k, 'support', 'lead'),
  CASE t.status WHEN 'assigned' THEN 'sent' WHEN 'accepted' THEN 'accepted'
    WHEN 'in_progress' THEN 'working' ELSE 'reported' END,
  day, day, c.due_on, iif(t.status = 'assigned', NULL, day),
  iif(t.status IN ('closed', 'resolved', 'reviewing'), over, NULL)
FROM told t JOIN complaint c ON c.id = :base + 1 + i JOIN (SELECT 0 AS k UNION ALL SELECT 1)
WHERE given AND (k = 0 OR d < 200)
""",
    """
INSERT INTO complaint_step (id, version, made_at, province_id, complaint_id, act, at, happened_on,
  actor, status)
SELECT :base + 1 + i * 2 + k, 1, day || ' 03:00:00.000000', province_id, :base + 1 + i,
  iif(k, 'close', 'receive'), iif(k, over, day) || ' 03:00:00.000000', iif(k, over, day),
  'เจ้าหน้าที่ศูนย์ดำรงธรรม', iif(k, 'closed', 'new')
FROM told JOIN (SELECT 0 AS k UNION ALL SELECT 1) WHERE k = 0 OR status = 'closed'
""",
)
