# What a Redmine for tests needs, put into an empty database by redmine.rake. Prints what was made.
require 'json'
require 'securerandom'

Redmine::DefaultData::Loader.load('en')
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
User.find_by(login: 'admin').update_columns(must_change_passwd: false)

def user(login, first, last)
  made = User.new(firstname: first, lastname: last, mail: "#{login}@contoso.example", mail_notification: 'none')
  made.login = login
  made.password = made.password_confirmation = SecureRandom.hex(12)
  made.save!
  made
end

def role(name, permissions)
  Role.create!(name: name, permissions: permissions)
end

change = Tracker.create!(name: 'Change', default_status: IssueStatus.find_by!(name: 'New'))
['Assess', 'Authorize', 'Scheduled', 'Waiting for the vendor', 'Post implementation review'].each { |name| IssueStatus.create!(name: name) }
IssueStatus.create!(name: 'Cancelled', is_closed: true)
statuses = IssueStatus.all.to_a

reads = [:view_issues]
roles = {
  'filer' => role('Filer', reads + [:add_issues, :edit_issues, :add_issue_notes, :manage_subtasks]),
  'narrow' => role('Narrow', reads + [:add_issues, :edit_issues, :add_issue_notes]),
  'bound' => role('Bound', reads + [:add_issues, :edit_issues, :add_issue_notes]),
  'silent' => role('Silent', reads + [:add_issues, :edit_issues]),
  'reader' => role('Reader', reads),
  'outside' => role('Outside', reads)
}
roles['outside'].update!(assignable: false)
# A filer may do every move but those out of the review, a bound one too; a narrow one none.
statuses.product(statuses).product(['filer', 'bound']).each do |(from, to), name|
  next if from == to || from.name == 'Post implementation review'
  WorkflowTransition.create!(role: roles[name], tracker: change, old_status: from, new_status: to)
end

def field(name, format, tracker, more = {})
  IssueCustomField.create!({ name: name, field_format: format, trackers: [tracker], is_filter: true }.merge(more))
end

fields = {
  'key' => field('Foresignal key', 'string', change, searchable: true),
  'plan' => field('Test plan', 'text', change),
  'services' => field('Services', 'string', change),
  'decision' => field('Decision', 'list', change, possible_values: ['Approved', 'Rejected', 'Deferred']),
  'blind' => field('Not a filter', 'string', change, is_filter: false),
  'everywhere' => field('Act by', 'date', change, is_for_all: true)
}
# One that is bound may not set the services, nor the priority, in any status.
statuses.product([fields['services'].id.to_s, 'priority_id']).each do |status, name|
  WorkflowPermission.create!(
    role: roles['bound'], tracker: change, old_status: status, field_name: name, rule: 'readonly'
  )
end
ours = user('foresignal', 'Fore', 'Signal')
ana = user('ana', 'Ana', 'Lima')
ana.pref.hide_mail = false
ana.pref.save!
# An issue keeps its own dates and priority when it gets subtasks.
Setting.parent_issue_dates = 'independent'
Setting.parent_issue_priority = 'independent'
puts JSON.generate(
  admin: User.find_by(login: 'admin').api_key, key: ours.api_key, user: ours.id, ana: ana.id, tracker: change.id,
  roles: roles.transform_values(&:id), fields: fields.transform_values(&:id),
  statuses: statuses.to_h { |one| [one.name, one.id] }
)
