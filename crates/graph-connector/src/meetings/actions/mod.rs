//! Actions, one to a file.

pub mod create_online_meeting;
pub mod create_or_get_online_meeting;
pub mod delete_online_meeting;
pub mod download_meeting_recording;
pub mod download_meeting_transcript;
pub mod find_online_meeting;
pub mod get_attendance_report;
pub mod get_meeting_recording;
pub mod get_meeting_transcript;
pub mod get_online_meeting;
pub mod get_transcript_metadata;
pub mod list_all_recordings;
pub mod list_all_transcripts;
pub mod list_attendance_records;
pub mod list_attendance_reports;
pub mod list_meeting_recordings;
pub mod list_meeting_transcripts;
pub mod update_online_meeting;
