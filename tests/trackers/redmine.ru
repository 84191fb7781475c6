# Redmine as it is; it ends when the test that started it does, however that ends.
require '/usr/share/redmine/config/environment'
# Nothing outlives the test: no write has to reach the disk.
ActiveRecord::ConnectionAdapters::SQLite3Adapter.prepend(Module.new do
  private def configure_connection
    super
    execute('PRAGMA synchronous = OFF', 'SCHEMA')
  end
end)
ActiveRecord::Base.clear_all_connections!
Thread.new do
  $stdin.read
  Process.kill(:TERM, Process.pid)
end
# What it makes of texts: takes {format: [text]}, answers {format: [html]}. Issue 1, the user admin and a wiki page are
# there, so that what could lead to them does.
shown = lambda do |env|
  User.current = User.find_by(login: 'admin')
  project = Project.find_by(identifier: 'shown') || Project.create!(name: 'Shown', identifier: 'shown')
  project.enabled_module_names = %w[issue_tracking wiki repository]
  project.trackers = [Tracker.first]
  issue = Issue.find_by(id: 1) || Issue.create!(
    project: project, tracker: Tracker.first, author: User.current, subject: 'One', priority: IssuePriority.first
  )
  wiki = project.wiki || Wiki.create!(project: project, start_page: 'Wiki')
  page = wiki.find_or_new_page('Wiki')
  WikiPage.create!(wiki: wiki, title: 'Wiki', content: WikiContent.new(text: 'x', author: User.current)) if page.new_record?
  controller = IssuesController.new
  controller.request = ActionDispatch::TestRequest.create
  controller.instance_variable_set(:@project, project)
  view = controller.view_context
  before = Setting.text_formatting
  begin
    html = JSON.parse(env['rack.input'].read).to_h do |format, texts|
      Setting.text_formatting = format
      [format, texts.map { |text| view.textilizable(text, object: issue) }]
    end
  ensure
    Setting.text_formatting = before
  end
  [200, { 'Content-Type' => 'application/json' }, [JSON.generate(html)]]
end
map('/texts-as-shown') { run shown }
map('/') { run Rails.application }
